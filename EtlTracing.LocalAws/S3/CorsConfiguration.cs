using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace EtlTracing.LocalAws.S3;

/// <summary>One rule of a bucket: which pages of which origins may do what.</summary>
sealed record CorsRule(string? Id, IReadOnlyList<string> Origins, IReadOnlyList<string> Methods, IReadOnlyList<string> AllowedHeaders, IReadOnlyList<string> ExposedHeaders, int? MaxAgeSeconds)
{
    public bool Allows(string origin, string method) => Methods.Contains(method) && Origins.Any(pattern => Fits(pattern, origin, StringComparison.Ordinal));

    public bool AllowsHeader(string name) => AllowedHeaders.Any(pattern => Fits(pattern, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A pattern has at most one <c>*</c>.</summary>
    static bool Fits(string pattern, string value, StringComparison comparison) => pattern.IndexOf('*', StringComparison.Ordinal) is var star and >= 0
        ? value.Length >= pattern.Length - 1 && value.StartsWith(pattern[..star], comparison) && value.EndsWith(pattern[(star + 1)..], comparison)
        : value.Equals(pattern, comparison);
}

static class CorsConfiguration
{
    const int MostRules = 100;
    static readonly ConcurrentDictionary<string, IReadOnlyList<CorsRule>> s_parsed = new();
    static readonly string[] s_methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    /// <summary>Parses what <see cref="Read"/> accepted before.</summary>
    public static IReadOnlyList<CorsRule> Parse(string xml) => s_parsed.GetOrAdd(xml, static xml => Read(S3Xml.Parse(new MemoryStream(Encoding.UTF8.GetBytes(xml)), "CORSConfiguration")));

    /// <exception cref="S3Exception">MalformedXML or InvalidRequest.</exception>
    public static IReadOnlyList<CorsRule> Read(XElement root)
    {
        var rules = new List<CorsRule>();
        foreach (var element in root.All("CORSRule"))
        {
            List<string> Values(string name) => [.. element.All(name).Select(value => value.Value)];
            var age = element.Text("MaxAgeSeconds");
            var rule = new CorsRule(element.Text("ID"), Values("AllowedOrigin"), Values("AllowedMethod"), Values("AllowedHeader"), Values("ExposeHeader"),
                age is null ? null : int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : throw S3Error.MalformedXml());
            if (rule.Origins.Count == 0 || rule.Methods.Count == 0) throw S3Error.MalformedXml();
            if (rule.Methods.FirstOrDefault(method => !s_methods.Contains(method)) is { } unknown) throw S3Error.InvalidRequest($"Found unsupported HTTP method in CORS config. Unsupported method is {unknown}");
            if (rule.Origins.FirstOrDefault(TwoStars) is { } origin) throw S3Error.InvalidRequest($"AllowedOrigin \"{origin}\" can not have more than one wildcard.");
            if (rule.AllowedHeaders.FirstOrDefault(TwoStars) is { } header) throw S3Error.InvalidRequest($"AllowedHeader \"{header}\" can not have more than one wildcard.");
            if (rule.ExposedHeaders.FirstOrDefault(name => name.Contains('*', StringComparison.Ordinal)) is { } exposed) throw S3Error.InvalidRequest($"ExposeHeader \"{exposed}\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
            rules.Add(rule);
        }
        return rules.Count is > 0 and <= MostRules ? rules : throw S3Error.MalformedXml();
    }

    public static XElement Normalize(XElement root) => S3Xml.Element("CORSConfiguration", root.All("CORSRule").Select(rule =>
        S3Xml.Element("CORSRule", rule.Elements().Select(value => S3Xml.Element(value.Name.LocalName, value.Value)))));

    static bool TwoStars(string pattern) => pattern.Count(c => c == '*') > 1;
}
