using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>The functions of https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html, with their limits.</summary>
static class IntrinsicFunctions
{
    const int MaxText = 10_000;
    const int MaxRange = 1_000;

    public sealed record Function(int Least, int Most, Func<JsonNode?[], Random, JsonNode?> Run);

    public static readonly IReadOnlyDictionary<string, Function> All = new Dictionary<string, Function>
    {
        ["States.Array"] = new(0, 1000, (values, _) => new JsonArray([.. values.Select(value => value?.DeepClone())])),
        ["States.ArrayContains"] = new(2, 2, (values, _) => Items(values[0]).Any(item => JsonComparison.AreEqual(item, values[1]))),
        ["States.ArrayGetItem"] = new(2, 2, (values, _) => GetItem(Items(values[0]), Whole(values[1]))),
        ["States.ArrayLength"] = new(1, 1, (values, _) => Items(values[0]).Count),
        ["States.ArrayPartition"] = new(2, 2, (values, _) => Partition(Items(values[0]), Whole(values[1]))),
        ["States.ArrayRange"] = new(3, 3, (values, _) => Range(Whole(values[0]), Whole(values[1]), Whole(values[2]))),
        ["States.ArrayUnique"] = new(1, 1, (values, _) => Unique(Items(values[0]))),
        ["States.Base64Decode"] = new(1, 1, (values, _) => Decode(Short(values[0]))),
        ["States.Base64Encode"] = new(1, 1, (values, _) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Short(values[0])))),
        ["States.Format"] = new(1, 1000, (values, _) => Format(Text(values[0]), values)),
        ["States.Hash"] = new(2, 2, (values, _) => Hash(values[0], Text(values[1]))),
        ["States.JsonMerge"] = new(3, 3, (values, _) => Merge(values[0], values[1], values[2])),
        ["States.JsonToString"] = new(1, 1, (values, _) => StateData.Write(values[0])),
        ["States.MathAdd"] = new(2, 2, (values, _) => Add(Whole(values[0]), Whole(values[1]))),
        ["States.MathRandom"] = new(2, 3, (values, random) => Between(Whole(values[0]), Whole(values[1]), values.Length == 3 ? Seeded(Whole(values[2])) : random)),
        ["States.StringSplit"] = new(2, 2, (values, _) => Split(Text(values[0]), Text(values[1]))),
        ["States.StringToJson"] = new(1, 1, (values, _) => ToJson(Text(values[0]))),
        ["States.UUID"] = new(0, 0, (_, _) => Guid.NewGuid().ToString()),
    };

    /// <summary>Fills the <c>{}</c> of a template, in which a backslash takes a brace's meaning away.</summary>
    public static JsonNode Format(string template, JsonNode?[] values)
    {
        var made = new StringBuilder();
        var next = 1;
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] == '\\' && i + 1 < template.Length && template[i + 1] is '{' or '}' or '\'' or '\\') made.Append(template[++i]);
            else if (template[i] == '{' && i + 1 < template.Length && template[i + 1] == '}')
            {
                if (next >= values.Length) throw new IntrinsicException("number of arguments do not match the occurrences of {}");
                made.Append(Show(values[next++]));
                i++;
            }
            else if (template[i] is '{' or '}') throw new IntrinsicException("matching '}' not found for '{'");
            else made.Append(template[i]);
        }
        return next == values.Length ? made.ToString() : throw new IntrinsicException("number of arguments do not match the occurrences of {}");
    }

    /// <summary>Texts as they are, objects as <c>{a=1, b=[2]}</c>.</summary>
    static string Show(JsonNode? value) => value switch
    {
        JsonObject members => "{" + string.Join(", ", members.Select(member => member.Key + "=" + Show(member.Value))) + "}",
        JsonArray items => "[" + string.Join(", ", items.Select(Show)) + "]",
        _ => JsonComparison.Text(value) ?? StateData.Write(value),
    };

    static JsonArray Items(JsonNode? value) => value as JsonArray ?? throw new IntrinsicException("the argument must be an array, but was: " + StateData.Write(value));

    static string Text(JsonNode? value) => JsonComparison.Text(value) ?? throw new IntrinsicException("the argument must be a string, but was: " + StateData.Write(value));

    static string Short(JsonNode? value) => Text(value) is { Length: <= MaxText } text ? text : throw new IntrinsicException("the argument may have 10,000 characters");

    /// <summary>Numbers are rounded, halves upwards, as Java does.</summary>
    static long Whole(JsonNode? value)
    {
        var number = JsonComparison.Number(value) ?? throw new IntrinsicException("the argument must be a number, but was: " + StateData.Write(value));
        number = Math.Floor(number + 0.5);
        return number is >= int.MinValue and <= int.MaxValue ? (long)number : throw new IntrinsicException("the argument must be between -2147483648 and 2147483647");
    }

    static JsonNode? GetItem(JsonArray items, long index) =>
        index >= 0 && index < items.Count ? items[(int)index]?.DeepClone() : throw new IntrinsicException("the index must be within the array, but was: " + index.ToString(CultureInfo.InvariantCulture));

    static JsonArray Partition(JsonArray items, long size)
    {
        if (size < 1) throw new IntrinsicException("the chunk size must be positive");
        return new JsonArray([.. items.Select(item => item?.DeepClone()).Chunk((int)size).Select(chunk => new JsonArray(chunk))]);
    }

    static JsonArray Range(long first, long last, long step)
    {
        if (step == 0) throw new IntrinsicException("the increment must not be 0");
        if ((last - first) / step + 1 > MaxRange) throw new IntrinsicException("the range may have 1000 items");
        var made = new JsonArray();
        for (var at = first; step > 0 ? at <= last : at >= last; at += step) made.Add(at);
        return made;
    }

    static JsonArray Unique(JsonArray items)
    {
        var kept = new List<JsonNode?>();
        foreach (var item in items)
            if (!kept.Exists(one => JsonComparison.AreEqual(one, item))) kept.Add(item);
        return new JsonArray([.. kept.Select(item => item?.DeepClone())]);
    }

    static JsonNode Decode(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw new IntrinsicException("the argument is not Base64");
        }
    }

#pragma warning disable CA5350, CA5351 // the functions offer SHA-1 and MD5
    static JsonNode Hash(JsonNode? value, string algorithm)
    {
        var text = JsonComparison.Text(value) ?? StateData.Write(value);
        if (text.Length > MaxText) throw new IntrinsicException("the argument may have 10,000 characters");
        var bytes = Encoding.UTF8.GetBytes(text);
        return Convert.ToHexStringLower(algorithm switch
        {
            "MD5" => MD5.HashData(bytes),
            "SHA-1" => SHA1.HashData(bytes),
            "SHA-256" => SHA256.HashData(bytes),
            "SHA-384" => SHA384.HashData(bytes),
            "SHA-512" => SHA512.HashData(bytes),
            _ => throw new IntrinsicException("the algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512"),
        });
    }
#pragma warning restore CA5350, CA5351

    static JsonObject Merge(JsonNode? first, JsonNode? second, JsonNode? deep)
    {
        if (first is not JsonObject one || second is not JsonObject two) throw new IntrinsicException("both arguments must be objects");
        if (JsonComparison.Flag(deep) != false) throw new IntrinsicException("only the shallow mode is supported: the last argument must be false");
        var made = (JsonObject)one.DeepClone();
        foreach (var (name, value) in two) made[name] = value?.DeepClone();
        return made;
    }

    static long Add(long a, long b) => a + b is var sum and >= int.MinValue and <= int.MaxValue ? sum : throw new IntrinsicException("the sum is too large");

    static long Between(long first, long end, Random random) => end > first ? random.NextInt64(first, end) : throw new IntrinsicException("the end must be greater than the start");

    static Random Seeded(long seed) => new((int)seed);

    static JsonArray Split(string text, string separators) => new([.. text.Split(separators.ToCharArray(), StringSplitOptions.RemoveEmptyEntries).Select(part => (JsonNode)part)]);

    static JsonNode? ToJson(string text)
    {
        if (text.Trim().Length == 0) return null;
        try
        {
            return StateData.Parse(text);
        }
        catch (JsonException)
        {
            throw new IntrinsicException("the argument is not JSON: " + JacksonError.Of(text));
        }
    }
}
