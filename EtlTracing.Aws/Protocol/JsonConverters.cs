using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.Runtime;

namespace EtlTracing.Aws.Protocol;

/// <summary>Times are seconds since 1970 with a fraction: <c>1763851234.567</c>.</summary>
sealed class EpochSeconds : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTime.UnixEpoch.AddTicks((long)(reader.GetDecimal() * TimeSpan.TicksPerSecond));

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((value.ToUniversalTime() - DateTime.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond);
}

/// <summary>An enumeration as the SDK has them: known values, but any text is kept.</summary>
sealed class ConstantConverter<T> : JsonConverter<T> where T : ConstantClass
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } value ? (T?)Activator.CreateInstance(typeof(T), value) : null;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
