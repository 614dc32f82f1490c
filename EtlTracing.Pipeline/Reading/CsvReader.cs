using System.Text;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Cuts CSV text into blocks of whole records.</summary>
sealed class CsvReader : RecordReader
{
    /// <summary>Text without a line end for so long is no CSV, and is not held in memory to find out how it goes on.</summary>
    const int LongestLine = 64 << 20;

    const int SmallestBlock = 64;

    readonly string _name;
    readonly int _batchBytes;
    byte[] _rest;
    int _expected;
    long _records;
    long _line;
    bool _ended;

    CsvReader(TextStream text, IReadOnlyList<string> header, string name, int batchBytes, byte[] rest, int line, bool ended)
        : base(text, header)
    {
        (_name, _batchBytes, _rest, _line, _ended) = (name, batchBytes, rest, line, ended);
    }

    public static async Task<RecordReader> StartAsync(TextStream text, string name, int batchBytes, CancellationToken cancellationToken)
    {
        var head = Array.Empty<byte>();
        for (var capacity = Math.Max(SmallestBlock, batchBytes); capacity <= LongestLine; capacity *= 2)
        {
            var length = head.Length;
            Array.Resize(ref head, capacity);
            length += await text.ReadAsync(head.AsMemory(length), cancellationToken);
            if (CsvHeader.Read(head.AsSpan(0, length), last: length < capacity) is not var (header, end, lines)) continue;
            text.Check(head.AsSpan(0, end));
            return new CsvReader(text, header, name, batchBytes, head[end..length], 1 + lines, ended: length < capacity);
        }

        throw new InvalidInputException($"{name} has no line end in its first {LongestLine} bytes");
    }

    public override async ValueTask<RecordBlock?> ReadAsync(CancellationToken cancellationToken)
    {
        for (var capacity = Math.Max(Math.Max(SmallestBlock, _batchBytes - RecordBlock.Padding), _rest.Length); ; capacity *= 2)
        {
            if (capacity > LongestLine + _batchBytes) throw new InvalidInputException($"{_name}: line {_line} has no end within {LongestLine} bytes");
            var block = new RecordBlock(Header.Count, capacity) { ExpectedRecords = _expected };
            _rest.CopyTo(block.Bytes, 0);
            var length = _rest.Length;
            if (!_ended && length < capacity)
            {
                length += await Text.ReadAsync(block.Bytes.AsMemory(length, capacity - length), cancellationToken);
                _ended = length < capacity;
            }

            if (length == 0)
            {
                block.Dispose();
                return null;
            }

            var lines = 0;
            var end = CsvTokenizer.Tokenize(block, length, _ended, ref lines);
            if (end == 0 || (block.Records == 0 && !_ended))
            {
                // Not one whole record: more of it is needed in one piece.
                _rest = block.Bytes[..length];
                block.Dispose();
                continue;
            }

            Text.Check(block.Bytes.AsSpan(0, end));
            _rest = block.Bytes[end..length];
            block.FirstRecord = _records;
            block.FirstLine = _line;
            _records += block.Records;
            _expected = block.Records + block.Records / 8 + CsvIndexer.Slack;
            _line += lines;
            return block;
        }
    }
}

/// <summary>The first record of a CSV.</summary>
static class CsvHeader
{
    /// <summary>Names, where the next record starts, and lines passed; null when the text ends before the header does.</summary>
    public static (IReadOnlyList<string> Names, int End, int Lines)? Read(ReadOnlySpan<byte> text, bool last)
    {
        var names = new List<string>();
        var name = new List<byte>();
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var value = text[at];
            if (value == '"')
            {
                if (quoted && at + 1 < text.Length && text[at + 1] == '"') name.Add(text[++at]);
                else quoted = !quoted;
            }
            else if (!quoted && value is (byte)',' or (byte)'\n' or (byte)'\r')
            {
                names.Add(Encoding.UTF8.GetString([.. name]));
                name.Clear();
                if (value == ',') continue;
                var end = value == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? at + 2 : at + 1;
                return (names, end, CsvTokenizer.CountLines(text[..end]));
            }
            else
            {
                name.Add(value);
            }
        }

        if (!last) return null;
        names.Add(Encoding.UTF8.GetString([.. name]));
        return (names, text.Length, CsvTokenizer.CountLines(text));
    }
}
