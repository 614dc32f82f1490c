using System.Text.Unicode;

namespace EtlTracing.Pipeline.Reading;

/// <summary>What the bytes of an input turned out to be.</summary>
public enum TextFormat
{
    Csv,
    JsonLines,
    JsonArray,
}

/// <summary>An input's text, unpacked, without byte order mark, told by content alone.</summary>
sealed class TextStream : IAsyncDisposable
{
    const int Head = 4096;

    readonly DataSource _source;
    readonly SourceStream _stored;
    readonly Stream _text;
    readonly byte[] _head;
    int _headRead;
    long _checked;

    TextStream(DataSource source, SourceStream stored, Stream text, byte[] head, int skip)
    {
        (_source, _stored, _text, _head, _headRead) = (source, stored, text, head, skip);
        _checked = skip;
        var first = head.AsSpan(skip).TrimStart(" \t\r\n"u8);
        Format = first.IsEmpty ? TextFormat.Csv : first[0] switch { (byte)'{' => TextFormat.JsonLines, (byte)'[' => TextFormat.JsonArray, _ => TextFormat.Csv };
    }

    public TextFormat Format { get; }

    /// <summary>Whether the source holds it packed.</summary>
    public bool IsPacked => _text != _stored;

    /// <summary>Bytes taken from the source so far.</summary>
    public long BytesRead => _stored.BytesRead;

    public static async Task<TextStream> OpenAsync(DataSource source, CancellationToken cancellationToken)
    {
        var stored = new SourceStream(await source.OpenAsync(0, cancellationToken));
        Stream text = stored;
        var head = await ReadHeadAsync(text, cancellationToken);
        if (head is [0x1F, 0x8B, ..])
        {
            stored.PushBack(head);
            text = new UnpackingStream(stored);
            head = await UnpackAsync(source, () => ReadHeadAsync(text, cancellationToken));
        }

        if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new InvalidInputException($"{source.Name} is not UTF-8: at byte 0 found {head[0]:X2} {head[1]:X2}, the mark of UTF-16");
        if (head.AsSpan().StartsWith("PAR1"u8))
            throw new InvalidInputException($"{source.Name} is Parquet; expected CSV, JSON lines or a JSON array, plain or gzip");
        return new TextStream(source, stored, text, head, head is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0);
    }

    /// <summary>Fills as much of the buffer as there is text for.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = Math.Min(buffer.Length, _head.Length - _headRead);
        _head.AsMemory(_headRead, read).CopyTo(buffer);
        _headRead += read;
        return read + await UnpackAsync(_source, async () => await _text.ReadAtLeastAsync(buffer[read..], buffer.Length - read, false, cancellationToken));
    }

    /// <summary>Refuses text that is not UTF-8. Text must come in order and in whole records.</summary>
    public void Check(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            var at = FirstInvalid(text);
            var found = Convert.ToHexString(text.Slice(at, Math.Min(4, text.Length - at)));
            throw new InvalidInputException($"{_source.Name} is not UTF-8: at byte {_checked + at} found {found}");
        }

        _checked += text.Length;
    }

    public ValueTask DisposeAsync() => _text.DisposeAsync();

    static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (System.Text.Rune.DecodeFromUtf8(text[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return at;
    }

    static async Task<byte[]> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[Head];
        var length = await stream.ReadAtLeastAsync(head, Head, throwOnEndOfStream: false, cancellationToken);
        return head[..length];
    }

    /// <summary>A broken archive is wrong data, not a fault of ours that another try could mend.</summary>
    static async Task<T> UnpackAsync<T>(DataSource source, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (InvalidDataException broken)
        {
            throw new InvalidInputException($"{source.Name} is not a sound gzip file: {broken.Message}");
        }
    }
}
