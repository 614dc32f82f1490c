using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace OpenTelemetry.Trace;

public static class XRayTraceId
{
    /// <summary>Makes new trace ids X-Ray accepts: seconds since 1970, then 12 random bytes. Holds for the whole process.</summary>
    public static TracerProviderBuilder AddXRayTraceId(this TracerProviderBuilder builder)
    {
        Activity.TraceIdGenerator = () => Create(TimeProvider.System.GetUtcNow(), RandomNumberGenerator.GetBytes(12));
        return builder;
    }

    /// <summary>The trace id of something seen in another trace: the same on each delivery of the same event.</summary>
    /// <param name="first">The trace whose time the new one takes.</param>
    /// <param name="identity">What tells this trace from others derived from <paramref name="first"/>.</param>
    public static ActivityTraceId Derive(ActivityTraceId first, ReadOnlySpan<byte> identity)
    {
        Span<byte> id = stackalloc byte[16];
        first.CopyTo(id);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(id);
        hash.AppendData(identity);
        hash.GetHashAndReset().AsSpan(0, 12).CopyTo(id[4..]);
        return ActivityTraceId.CreateFromBytes(id);
    }

    static ActivityTraceId Create(DateTimeOffset now, ReadOnlySpan<byte> random)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(id, (uint)now.ToUnixTimeSeconds());
        random.CopyTo(id[4..]);
        return ActivityTraceId.CreateFromBytes(id);
    }
}
