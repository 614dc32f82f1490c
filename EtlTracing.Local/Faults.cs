using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.Local;

/// <summary>The faults a person asked for, in the form that the local cloud's admin API takes.</summary>
public static class Faults
{
    public const string Form = "SERVICE:OPERATION:ACTION[:PROBABILITY[:SEED]], several with commas; SERVICE is s3, states, xray or *, ACTION is delay, fail, cut or cutAfter";

    /// <summary><c>s3:GetObject:fail:0.1,*:*:delay:0.05:7</c> as the admin API's rules.</summary>
    /// <exception cref="FormatException">Says what was found and what was expected.</exception>
    public static JsonArray Parse(string specification) => [.. specification.Split(',').Select(Rule)];

    static JsonNode Rule(string text)
    {
        var parts = text.Trim().Split(':');
        double probability = 1;
        var seed = 1;
        var fits = parts.Length is >= 3 and <= 5
            && parts[0] is "s3" or "states" or "xray" or "*"
            && parts[2] is "delay" or "fail" or "cut" or "cutAfter"
            && (parts.Length < 4 || double.TryParse(parts[3], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out probability) && probability <= 1)
            && (parts.Length < 5 || int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out seed));
        return fits
            ? new JsonObject { ["service"] = parts[0], ["operation"] = parts[1], ["kind"] = parts[2], ["probability"] = probability, ["seed"] = seed }
            : throw new FormatException($"'{text}' is no fault; one is {Form}");
    }

    public static async Task SetAsync(Uri endpoint, JsonArray rules, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var answer = await http.PutAsJsonAsync(new Uri(endpoint, "/_localaws/faults"), rules, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
