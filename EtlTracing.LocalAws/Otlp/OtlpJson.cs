using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>
/// OTLP's JSON is protobuf's but for the ids, which are hexadecimal instead of base64
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
/// </summary>
static class OtlpJson
{
    /// <summary>The same document as plain protobuf JSON.</summary>
    public static string WithBase64Ids(byte[] utf8)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 256);
        using var writer = new Utf8JsonWriter(output);
        // Protobuf's own limit is 100 levels; deeper JSON is refused before any of it is copied.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 100 });
        var isId = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteStartObject(); break;
                case JsonTokenType.EndObject: writer.WriteEndObject(); break;
                case JsonTokenType.StartArray: writer.WriteStartArray(); break;
                case JsonTokenType.EndArray: writer.WriteEndArray(); break;
                case JsonTokenType.PropertyName:
                    var name = reader.GetString()!;
                    isId = name is "traceId" or "spanId" or "parentSpanId" or "trace_id" or "span_id" or "parent_span_id";
                    writer.WritePropertyName(name);
                    break;
                case JsonTokenType.String when isId: writer.WriteBase64StringValue(Convert.FromHexString(reader.GetString()!)); break;
                case JsonTokenType.String: writer.WriteStringValue(reader.GetString()); break;
                default: writer.WriteRawValue(reader.ValueSpan); break;
            }
        }
        writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
