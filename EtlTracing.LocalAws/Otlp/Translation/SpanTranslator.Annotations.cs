using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;

namespace EtlTracing.LocalAws.Otlp.Translation;

sealed partial class SpanTranslator
{
    const string AnnotationKeys = "aws.xray.annotations";
    const string MetadataPrefix = "aws.xray.metadata.";
    const string DefaultSpace = "default";

    /// <summary>Indexed attributes are annotations, all that no block took is metadata; the resource belongs to segments only.</summary>
    void AddAnnotationsAndMetadata(JsonObject document, SpanAttributes rest, SpanAttributes? resource)
    {
        var annotations = new JsonObject();
        var spaces = new JsonObject();
        var metadata = new JsonObject();
        var keys = new HashSet<string>(indexed);
        if (rest.Find(AnnotationKeys) is { ValueCase: AnyValue.ValueOneofCase.ArrayValue } listed)
        {
            foreach (var key in listed.ArrayValue.Values)
                if (key.HasStringValue) keys.Add(key.StringValue);
            rest.Remove(AnnotationKeys);
        }
        foreach (var (name, value) in resource?.All ?? [])
        {
            var key = "otel.resource." + name;
            if (keys.Contains(key) && IsScalar(value)) annotations[AnnotationKey(key)] = SpanAttributes.Raw(value);
            else if (SpanAttributes.Raw(value) is { } raw) metadata[key] = raw;
        }
        foreach (var (key, value) in rest.All)
        {
            if (keys.Contains(key))
            {
                if (IsScalar(value)) annotations[AnnotationKey(key)] = SpanAttributes.Raw(value);
            }
            else if (key.StartsWith(MetadataPrefix, StringComparison.Ordinal) && value.HasStringValue)
            {
                AddSpace(key, value.StringValue, spaces, metadata);
            }
            else if (SpanAttributes.Raw(value) is { } raw)
            {
                metadata[key] = raw;
            }
        }
        if (metadata.Count > 0) spaces[DefaultSpace] = metadata;
        if (annotations.Count > 0) document["annotations"] = annotations;
        if (spaces.Count > 0) document["metadata"] = spaces;
    }

    /// <summary><c>aws.xray.metadata.NAME</c> with a JSON object as its text is the metadata namespace NAME.</summary>
    static void AddSpace(string key, string json, JsonObject spaces, JsonObject metadata)
    {
        JsonObject? values;
        try
        {
            values = JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            values = null;
        }
        var name = key[MetadataPrefix.Length..];
        if (values is null) metadata[key] = json;
        else if (!string.Equals(name, DefaultSpace, StringComparison.OrdinalIgnoreCase)) spaces[name] = values;
        else
            foreach (var (each, value) in values) metadata[each] = value?.DeepClone();
    }

    static bool IsScalar(AnyValue value) => value.HasStringValue || value.HasIntValue || value.HasDoubleValue || value.HasBoolValue;

    /// <summary>The dot stays, as it does since v0.97 of the exporter (exporter.xray.allowDot).</summary>
    static string AnnotationKey(string key) => string.Create(key.Length, key, static (text, key) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = char.IsAsciiLetterOrDigit(key[i]) || key[i] == '.' ? key[i] : '_';
    });
}
