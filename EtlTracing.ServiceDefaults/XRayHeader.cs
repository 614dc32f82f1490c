using System.Diagnostics;

namespace EtlTracing;

/// <summary>
/// The header <c>X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1</c>.
/// Senders leave Parent out (load balancers, Step Functions' own advice) and may leave the sampling decision open
/// (no Sampled, or <c>Sampled=?</c>), so only Root is required. Compiled into each project that needs it.
/// </summary>
readonly record struct XRayHeader(ActivityTraceId Root, ActivitySpanId Parent, bool? Sampled)
{
    public const string Name = "X-Amzn-Trace-Id";

    public static XRayHeader Of(Activity activity) => new(activity.TraceId, activity.SpanId, activity.Recorded);

    /// <summary>Null when there is no usable Root: whoever reads it then starts a trace of its own. Keys are case-sensitive, the first of two wins, unknown ones (Self, Lineage) are skipped.</summary>
    public static XRayHeader? Parse(string? header)
    {
        ActivityTraceId? root = null;
        ActivitySpanId? parent = null;
        string? sampled = null;
        foreach (var part in (header ?? "").Split(';', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("Root=", StringComparison.Ordinal)) root ??= ParseTraceId(part[5..]);
            else if (part.StartsWith("Parent=", StringComparison.Ordinal)) parent ??= ParseSpanId(part[7..]);
            else if (part.StartsWith("Sampled=", StringComparison.Ordinal)) sampled ??= part[8..];
        }
        return root is null ? null : new XRayHeader(root.Value, parent ?? default, sampled switch { "1" => true, "0" => false, _ => null });
    }

    /// <summary>Takes X-Ray's form <c>1-5759e988-bd862e3fe1be46a994272793</c> only; null for anything else.</summary>
    public static ActivityTraceId? ParseTraceId(string? text) =>
        text is { Length: 35 } && text.StartsWith("1-", StringComparison.Ordinal) && text[10] == '-' && Hex(text[2..10] + text[11..]) is { } hex
            ? ActivityTraceId.CreateFromString(hex)
            : null;

    public static ActivitySpanId? ParseSpanId(string? text) =>
        text is { Length: 16 } && Hex(text) is { } hex ? ActivitySpanId.CreateFromString(hex) : null;

    public static string Format(ActivityTraceId id) => id.ToHexString() is var hex ? $"1-{hex[..8]}-{hex[8..]}" : "";

    public override string ToString() =>
        $"Root={Format(Root)}" + (Parent == default ? "" : $";Parent={Parent}") + (Sampled is { } sampled ? $";Sampled={(sampled ? 1 : 0)}" : "");

    /// <summary>Lower case, as the ids' own parsers want it; null when a character is no hex digit or all are zero.</summary>
    static string? Hex(string text) =>
        text.All(char.IsAsciiHexDigit) && text.AsSpan().ContainsAnyExcept('0') ? text.ToLowerInvariant() : null;
}
