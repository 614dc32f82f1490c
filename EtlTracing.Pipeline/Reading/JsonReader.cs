using System.Buffers;
using System.Text.Json;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Cuts JSON lines, or an array of objects, into blocks of records. Columns are the names that the first objects have.</summary>
sealed class JsonReader : RecordReader
{
    /// <summary>No sound record is longer.</summary>
    const int LongestRecord = 64 << 20;

    const int HeadRecords = 1000;

    const int SmallestBlock = 64;

    readonly string _name;
    readonly int _batchBytes;
    readonly bool _array;
    readonly JsonRecord _record;
    byte[] _rest;
    long _records;
    long _line = 1;
    bool _ended;
    bool _closed;

    JsonReader(TextStream text, IReadOnlyList<string> header, string name, int batchBytes, byte[] rest, bool array, bool ended)
        : base(text, header)
    {
        (_name, _batchBytes, _rest, _array, _ended) = (name, batchBytes, rest, array, ended);
        _record = new JsonRecord(header);
    }

    public static async Task<RecordReader> StartAsync(TextStream text, string name, int batchBytes, CancellationToken cancellationToken)
    {
        var array = text.Format == TextFormat.JsonArray;
        var head = new byte[Math.Max(1 << 20, batchBytes)];
        var length = await text.ReadAsync(head, cancellationToken);
        var ended = length < head.Length;
        var start = array ? head.AsSpan(0, length).IndexOf((byte)'[') + 1 : 0;
        var header = Names(head.AsSpan(start, length - start), array, ended);
        text.Check(head.AsSpan(0, start));
        return new JsonReader(text, header, name, batchBytes, head[start..length], array, ended) { _line = 1 + CsvTokenizer.CountLines(head.AsSpan(0, start)) };
    }

    public override async ValueTask<RecordBlock?> ReadAsync(CancellationToken cancellationToken)
    {
        for (var capacity = Math.Max(Math.Max(SmallestBlock, _batchBytes - RecordBlock.Padding), _rest.Length); !_closed; capacity *= 2)
        {
            if (capacity > LongestRecord + _batchBytes) throw new InvalidInputException($"{_name}: the record in line {_line} has no end within {LongestRecord} bytes");
            var block = new RecordBlock(Header.Count, capacity, quoted: false);
            _rest.CopyTo(block.Raw, 0);
            var length = _rest.Length;
            if (!_ended && length < capacity)
            {
                length += await Text.ReadAsync(block.Raw.AsMemory(length, capacity - length), cancellationToken);
                _ended = length < capacity;
            }

            var end = Fill(block, length);
            if (block.Records == 0 && !_ended && !_closed)
            {
                _rest = block.Raw[..length];
                block.Dispose();
                continue;
            }

            Text.Check(block.Raw.AsSpan(0, end));
            _rest = block.Raw[end..length];
            if (_closed && !_ended) await CheckRestAsync(block.Raw.Length, cancellationToken);
            if (block.Records > 0) return block;
            block.Dispose();
            return null;
        }

        return null;
    }

    /// <summary>Behind the array's end there may be white space: two arrays are not read as one, and no data goes unread.</summary>
    async Task CheckRestAsync(int bytes, CancellationToken cancellationToken)
    {
        var rest = new byte[bytes];
        while (!_ended)
        {
            var length = await Text.ReadAsync(rest, cancellationToken);
            if (rest.AsSpan(0, length).Trim(" \t\r\n"u8).Length > 0) throw new InvalidInputException($"{_name} goes on behind the array's end in line {_line}");
            _ended = length < rest.Length;
        }
    }

    /// <summary>Adds the text's whole objects to the block; where the first begins that isn't whole.</summary>
    int Fill(RecordBlock block, int length)
    {
        block.FirstRecord = _records;
        block.FirstLine = _line;
        block.Bytes = ArrayPool<byte>.Shared.Rent(length + Header.Count * 1024 + RecordBlock.Padding);
        int position = 0, counted = 0, lines = 0, laid = 0;
        while (Next(block.Raw.AsSpan(0, length), position) is var (start, end, next))
        {
            if (start < 0)
            {
                if (start == -2) throw new InvalidInputException($"{_name}: expected an object or the array's end in line {_line + CsvTokenizer.CountLines(block.Raw.AsSpan(0, end))}");
                if (block.Raw.AsSpan(next, length - next).Trim(" \t\r\n"u8).Length > 0) throw new InvalidInputException($"{_name} goes on behind the array's end in line {_line + CsvTokenizer.CountLines(block.Raw.AsSpan(0, next))}");
                _closed = true;
                position = length;
                break;
            }

            lines += CsvTokenizer.CountLines(block.Raw.AsSpan(counted, start - counted));
            counted = start;
            block.Reserve();
            var index = block.Records;
            block.Add(new Origin(start, end, lines), block.Fields, _record.Read(block.Raw.AsSpan(start, end - start)));
            if (block.Bytes.Length - laid < _record.Room + RecordBlock.Padding) Grow(block, laid);
            laid = _record.Lay(block, index, laid);
            position = next;
        }

        if (_ended && !_array) position = length;
        _line += lines + CsvTokenizer.CountLines(block.Raw.AsSpan(counted, position - counted));
        _records += block.Records;
        return position;
    }

    (int Start, int End, int Next)? Next(ReadOnlySpan<byte> text, int position) =>
        _array ? JsonFraming.NextElement(text, position, _ended) : JsonFraming.NextLine(text, position, _ended);

    void Grow(RecordBlock block, int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(block.Bytes.Length + _record.Room + RecordBlock.Padding);
        block.Bytes.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(block.Bytes);
        block.Bytes = larger;
    }

    static List<string> Names(ReadOnlySpan<byte> text, bool array, bool ended)
    {
        var names = new List<string>();
        var position = 0;
        for (var record = 0; record < HeadRecords; record++)
        {
            if ((array ? JsonFraming.NextElement(text, position, ended) : JsonFraming.NextLine(text, position, ended)) is not var (start, end, next) || start < 0) break;
            position = next;
            try
            {
                var reader = new Utf8JsonReader(text[start..end]);
                while (reader.Read())
                    if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.GetString() is { } name && !names.Contains(name)) names.Add(name);
            }
            catch (JsonException)
            {
                // It will be rejected with its line and text when it is read.
            }
        }

        return names;
    }
}
