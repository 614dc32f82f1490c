using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>Error flags and the cause block. Of a span's events only exceptions survive, and failed attempts of AWS calls.</summary>
readonly record struct CauseBlock(bool Error, bool Fault, bool Throttle, JsonObject? Cause)
{
    const string ExceptionEvent = "exception";
    const string FailedAttemptEvent = "HTTP request failure";

    public static CauseBlock Take(SpanAttributes rest, Span span, SpanAttributes attributes, SpanAttributes resource)
    {
        var isError = span.Status?.Code == Status.Types.StatusCode.Error;
        var isSdkCall = attributes.Text("rpc.system") == "aws-api";
        JsonObject? cause = null;
        if (span.Events.Any(each => each.Name == ExceptionEvent || isSdkCall && each.Name == FailedAttemptEvent))
        {
            var exceptions = Exceptions(span, isSdkCall, resource.Text("telemetry.sdk.language") ?? "");
            cause = exceptions.Count > 0 ? new JsonObject { ["exceptions"] = exceptions } : [];
        }
        else if (isError)
        {
            var message = span.Status!.Message;
            if (message.Length == 0) message = rest.Text("http.status_text") ?? "";
            rest.Remove("http.status_text");
            if (message.Length > 0) cause = new JsonObject { ["exceptions"] = new JsonArray(new JsonObject { ["id"] = NewId(), ["message"] = message, ["type"] = "" }) };
        }
        // The HTTP status counts more than the span's.
        var status = (attributes.Find("http.status_code") ?? attributes.Find("http.response.status_code"))?.IntValue;
        return status switch
        {
            >= 400 and <= 499 => new CauseBlock(Error: true, Fault: false, Throttle: status == 429, cause),
            >= 500 and <= 599 => new CauseBlock(Error: false, Fault: true, Throttle: false, cause),
            _ => new CauseBlock(Error: false, Fault: isError, Throttle: false, cause),
        };
    }

    static JsonArray Exceptions(Span span, bool isSdkCall, string language)
    {
        var isRemote = span.Kind is Span.Types.SpanKind.Client or Span.Types.SpanKind.Producer;
        var exceptions = new JsonArray();
        foreach (var each in span.Events)
        {
            var attributes = SpanAttributes.Of(each.Attributes);
            if (each.Name == ExceptionEvent)
            {
                var exception = new JsonObject
                {
                    ["id"] = NewId(),
                    ["message"] = attributes.Text("exception.message") ?? "",
                    ["type"] = attributes.Text("exception.type") ?? "",
                    ["remote"] = isRemote,
                };
                exceptions.Add(exception);
                StackTrace.Add(exceptions, exception, attributes.Text("exception.stacktrace") ?? "", language);
            }
            else if (isSdkCall && each.Name == FailedAttemptEvent && attributes.Find("http.response.status_code") is { } code && attributes.Text("aws.http.error_message") is { } message)
            {
                var seconds = (each.TimeUnixNano / 1000 / 1e6).ToString("F6", CultureInfo.InvariantCulture);
                var status = code.HasStringValue ? code.StringValue : code.IntValue.ToString(CultureInfo.InvariantCulture);
                exceptions.Add(new JsonObject { ["id"] = NewId(), ["message"] = $"{status}@{seconds}@{message}", ["type"] = "aws.http.error.event", ["remote"] = true });
            }
        }
        return exceptions;
    }

    public static string NewId() => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
