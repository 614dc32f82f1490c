using System.Text.Json;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Takes one flat JSON object apart into the texts that CSV would have of the same row.</summary>
sealed class JsonRecord(IReadOnlyList<string> header)
{
    public const string Broken = "not a JSON object";
    public const string Nested = "value is an object or an array";
    public const string Unknown = "unknown field";
    public const string Twice = "field there twice";

    readonly Dictionary<string, int> _places = header.Select((name, place) => (name, place)).ToDictionary(column => column.name, column => column.place, StringComparer.Ordinal);
    readonly (int Start, int Length)[] _values = new (int, int)[header.Count];
    byte[] _text = new byte[4096];
    int _length;

    /// <summary>Reads the object; the rule that it breaks, or null.</summary>
    public string? Read(ReadOnlySpan<byte> json)
    {
        Array.Fill(_values, (-1, 0));
        _length = 0;
        if (_text.Length < json.Length) _text = new byte[json.Length * 2];
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Broken;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!_places.TryGetValue(reader.GetString()!, out var place)) return Unknown;
                if (_values[place].Start >= 0) return Twice;
                reader.Read();
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) return Nested;
                _values[place] = (_length, Append(ref reader));
                _length += _values[place].Length;
            }

            return reader.Read() ? Broken : null;
        }
        catch (JsonException)
        {
            return Broken;
        }
        catch (InvalidOperationException)
        {
            // What a string with half a surrogate pair is told by.
            return Broken;
        }
    }

    /// <summary>Bytes that <see cref="Lay"/> writes at most.</summary>
    public int Room => _length + _values.Length;

    /// <summary>Puts the values down in the header's order, one byte between them, and notes where each is.</summary>
    public int Lay(RecordBlock block, int record, int at)
    {
        var bounds = block.Bounds.AsSpan(record * block.Stride, block.Stride);
        bounds[0] = at;
        for (var place = 0; place < _values.Length; place++)
        {
            var (start, length) = _values[place];
            if (start >= 0) _text.AsSpan(start, length).CopyTo(block.Bytes.AsSpan(at));
            at += length;
            bounds[place + 1] = ++at;
        }

        return at;
    }

    int Append(ref Utf8JsonReader reader)
    {
        var room = _text.AsSpan(_length);
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.CopyString(room);
            case JsonTokenType.Number:
                reader.ValueSpan.CopyTo(room);
                return reader.ValueSpan.Length;
            case JsonTokenType.True:
                "TRUE"u8.CopyTo(room);
                return 4;
            case JsonTokenType.False:
                "FALSE"u8.CopyTo(room);
                return 5;
            default:
                return 0;
        }
    }
}
