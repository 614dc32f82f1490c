using System.Text;
using System.Text.RegularExpressions;
using EtlTracing.LocalAws.Otlp.Wire;

namespace EtlTracing.LocalAws.Otlp.Translation;

sealed partial class SpanTranslator
{
    /// <summary>X-Ray names a segment by its service, where OpenTelemetry names a span by its operation: the first service name found wins.</summary>
    static (string Name, string? Namespace) NameAndNamespace(Span span, SpanAttributes attributes, SpanAttributes resource)
    {
        var isSdkCall = IsSdkCall(attributes);
        var space = isSdkCall ? "aws" : null;
        var isLocal = span.Kind == Span.Types.SpanKind.Server || span.Kind == Span.Types.SpanKind.Internal && attributes.Text("aws.span.kind") == "LOCAL_ROOT";
        var name = isLocal ? attributes.Text(LocalService) : null;
        if (IsCall(span.Kind) && attributes.Text(RemoteService) is { } remote) name = TrimSdkPrefix(remote, attributes);
        if (string.IsNullOrEmpty(name)) name = attributes.Text("peer.service");
        if (string.IsNullOrEmpty(name) && attributes.Text("aws.service") is { } service)
        {
            name = service;
            space ??= "aws";
        }
        if (string.IsNullOrEmpty(name)) name = Database(attributes);
        if (string.IsNullOrEmpty(name) && span.Kind == Span.Types.SpanKind.Server) name = resource.Text("service.name");
        if (string.IsNullOrEmpty(name)) name = attributes.Text("rpc.service");
        if (string.IsNullOrEmpty(name)) name = attributes.Text("http.host");
        if (string.IsNullOrEmpty(name)) name = attributes.Text("net.peer.name");
        if (string.IsNullOrEmpty(name)) name = Allowed(span.Name);
        if (space is null && span.Kind == Span.Types.SpanKind.Client) space = "remote";
        return (name, space);
    }

    /// <summary>A database is named <c>orders@db.example.com</c>.</summary>
    static string? Database(SpanAttributes attributes)
    {
        var name = attributes.Text("db.name");
        if (name is null || attributes.Text("db.connection_string") is not { } connection) return name;
        if (connection.StartsWith("jdbc:", StringComparison.Ordinal)) connection = connection[5..];
        return Uri.TryCreate(connection, UriKind.Absolute, out var url) && url.Host.Length > 0 ? $"{name}@{url.Host}" : name;
    }

    static bool IsSdkCall(SpanAttributes attributes) => attributes.Text("rpc.system") == "aws-api";

    static string TrimSdkPrefix(string name, SpanAttributes attributes)
    {
        if (!IsSdkCall(attributes)) return name;
        foreach (var prefix in (ReadOnlySpan<string>)["AWS.SDK.", "AWS::"])
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return name[prefix.Length..];
        return name;
    }

    /// <summary>The span's name without characters that X-Ray doesn't allow, cut at 200 bytes.</summary>
    static string Allowed(string spanName)
    {
        var name = NotAllowed.Replace(spanName, "");
        if (name.Length == 0) return "span";
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= MaxName ? name : Encoding.UTF8.GetString(bytes, 0, MaxName);
    }

    [GeneratedRegex(@"[^ 0-9\p{L}_.:/%&#=+\-@]")]
    static partial Regex NotAllowed { get; }
}
