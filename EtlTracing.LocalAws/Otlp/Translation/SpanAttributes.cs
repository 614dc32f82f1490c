using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>Attributes of a span, of its resource, of an event or a link, by key. The first of equal keys counts.</summary>
sealed class SpanAttributes
{
    readonly Dictionary<string, AnyValue> _values;

    SpanAttributes(Dictionary<string, AnyValue> values) => _values = values;

    public static SpanAttributes Of(IReadOnlyList<KeyValue>? attributes)
    {
        var values = new Dictionary<string, AnyValue>(attributes?.Count ?? 0);
        foreach (var attribute in attributes ?? []) values.TryAdd(attribute.Key, attribute.Value ?? new AnyValue());
        return new SpanAttributes(values);
    }

    public int Count => _values.Count;

    public IEnumerable<KeyValuePair<string, AnyValue>> All => _values;

    public bool Contains(string key) => _values.ContainsKey(key);

    public AnyValue? Find(string key) => _values.GetValueOrDefault(key);

    /// <summary>Empty when the attribute is something else than text, null when there is none.</summary>
    public string? Text(string key) => _values.TryGetValue(key, out var value) ? value.StringValue : null;

    public bool Remove(string key) => _values.Remove(key);

    public void Add(string key, AnyValue value) => _values.TryAdd(key, value);

    public SpanAttributes Copy() => new(new Dictionary<string, AnyValue>(_values));

    /// <summary>The value as JSON; null for one that is empty. Numbers that JSON does not have fail the span.</summary>
    public static JsonNode? Raw(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => double.IsFinite(value.DoubleValue) ? value.DoubleValue : throw new UntranslatableSpanException($"unsupported value: {value.DoubleValue}"),
        AnyValue.ValueOneofCase.ArrayValue => new JsonArray([.. value.ArrayValue.Values.Select(Raw)]),
        AnyValue.ValueOneofCase.KvlistValue => Object(value.KvlistValue.Values),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        _ => null,
    };

    public static JsonObject Object(IEnumerable<KeyValue> values)
    {
        var json = new JsonObject();
        foreach (var (key, value) in values.Select(each => (each.Key, each.Value))) json[key] = value is null ? null : Raw(value);
        return json;
    }
}

/// <summary>The exporter would drop this span, for this reason.</summary>
sealed class UntranslatableSpanException(string reason) : Exception(reason);
