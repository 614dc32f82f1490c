using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>The segment's http block, from the attributes of the old and the new semantic conventions.</summary>
sealed class HttpBlock
{
    readonly JsonObject _request = [];
    readonly JsonObject _response = [];
    readonly Dictionary<string, string> _url = [];
    bool _isHttp, _hasUrl, _hasPeer;
    string? _clientIp;

    /// <summary>Takes what it uses out of <paramref name="rest"/>; null when the span is not about HTTP.</summary>
    public static JsonObject? Take(SpanAttributes rest, Span span, SpanAttributes attributes)
    {
        var block = new HttpBlock();
        foreach (var (key, value) in attributes.All)
            if (block.Use(key, value)) rest.Remove(key);
        if (!block._isHttp) return null;
        Set(block._request, "client_ip", block._clientIp ?? "");
        if (!string.IsNullOrEmpty(block._clientIp) && !block._hasPeer) block._request["x_forwarded_for"] = true;
        if (block._hasUrl) block._request["url"] = span.Kind == Span.Types.SpanKind.Server ? block.ServerUrl() : block.ClientUrl();
        block._response["content_length"] = ContentLength(span, attributes);
        return new JsonObject { ["request"] = block._request, ["response"] = block._response };
    }

    bool Use(string key, AnyValue value)
    {
        switch (key)
        {
            case "http.method" or "http.request.method":
                Set(_request, "method", value.StringValue);
                return _isHttp = true;
            case "http.user_agent" or "user_agent.original":
                Set(_request, "user_agent", value.StringValue);
                return _isHttp = true;
            case "http.status_code" or "http.response.status_code":
                _response["status"] = value.IntValue;
                return _isHttp = true;
            case "http.client_ip":
                _clientIp = value.StringValue;
                return _isHttp = true;
            case "http.url" or "url.full":
                _url["http.url"] = value.StringValue;
                return _isHttp = _hasUrl = true;
            case "http.scheme" or "url.scheme":
                _url["http.scheme"] = value.StringValue;
                return _isHttp = true;
            case "http.host" or "http.server_name":
                _url[key] = value.StringValue;
                return _isHttp = _hasUrl = true;
            case "http.target" or "url.path" or "url.query":
                _url[key] = value.StringValue;
                return _isHttp = true;
            case "net.host.port":
                _url[key] = Port(value);
                return _isHttp = true;
            case "net.peer.port" or "server.port":
                _url[key] = Port(value);
                return true;
            case "host.name" or "net.host.name" or "net.peer.name" or "server.address":
                _url[key] = value.StringValue;
                return _hasUrl = true;
            case "net.peer.ip":
                _clientIp ??= value.StringValue;
                _url[key] = value.StringValue;
                return _hasUrl = _hasPeer = true;
            case "network.peer.address":
                if (!IPAddress.TryParse(value.StringValue, out _)) return true;
                _clientIp ??= value.StringValue;
                return _hasUrl = _hasPeer = true;
            case "client.address":
                if (IPAddress.TryParse(value.StringValue, out _)) _clientIp = value.StringValue;
                return true;
            default:
                return false;
        }
    }

    static void Set(JsonObject block, string name, string value)
    {
        if (value.Length > 0) block[name] = value;
    }

    static string Port(AnyValue value) => value.StringValue.Length > 0 ? value.StringValue : value.IntValue.ToString(CultureInfo.InvariantCulture);

    string ServerUrl() => Url(First("http.server_name", "net.host.name", "host.name", "server.address"), First("net.host.port", "server.port"));

    string ClientUrl() => Url(First("net.peer.name", "net.peer.ip", "server.address"), First("net.peer.port"));

    string Url(string? host, string? port)
    {
        if (_url.TryGetValue("http.url", out var url)) return url;
        var scheme = First("http.scheme") ?? "http";
        // http.host already has the port.
        if (First("http.host") is { } full) (host, port) = (full, null);
        url = $"{scheme}://{host}";
        if (!string.IsNullOrEmpty(port) && (scheme, port) is not (("http", "80") or ("https", "443"))) url += ":" + port;
        if (First("http.target") is { } target) return url + target;
        url += First("url.path") ?? "/";
        return First("url.query") is not { } query ? url : query.StartsWith('?') ? url + query : $"{url}?{query}";
    }

    string? First(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (_url.TryGetValue(key, out var value)) return value;
        return null;
    }

    /// <summary>The size of a received message, on the span or on one of its events; 0 when unknown.</summary>
    static long ContentLength(Span span, SpanAttributes attributes)
    {
        var size = MessageSize(attributes);
        for (var i = 0; size == 0 && i < span.Events.Count; i++) size = MessageSize(SpanAttributes.Of(span.Events[i].Attributes));
        return size;
    }

    static long MessageSize(SpanAttributes attributes) =>
        attributes.Text("message.type") == "RECEIVED" ? attributes.Find("messaging.message_payload_size_bytes")?.IntValue ?? 0 : 0;
}
