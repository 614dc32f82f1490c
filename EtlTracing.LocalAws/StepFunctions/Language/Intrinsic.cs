using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>A call such as <c>States.Format('{} of {}', $.done, States.ArrayLength($.all))</c>, as it was written.</summary>
public sealed class Intrinsic
{
    const int MaxCached = 4096;
    const int MaxDepth = 10;
    static readonly ConcurrentDictionary<string, Intrinsic> s_cache = new();

    readonly Argument[] _arguments;

    Intrinsic(string name, string text, Argument[] arguments)
    {
        Name = name;
        Text = text;
        _arguments = arguments;
    }

    public string Name { get; }
    public string Text { get; }

    /// <exception cref="JsonPathException">It is no call of a known function.</exception>
    public static Intrinsic Parse(string text)
    {
        if (s_cache.TryGetValue(text, out var known)) return known;
        if (text.Length > 10_000) throw new JsonPathException("An intrinsic function may have 10,000 characters");
        var reader = new Reader(text);
        var call = reader.ReadCall(1);
        reader.Space();
        if (!reader.AtEnd) throw reader.Bad("nothing may follow the call");
        if (s_cache.Count >= MaxCached) s_cache.Clear();
        s_cache[text] = call;
        return call;
    }

    /// <summary>All paths that the call's arguments use.</summary>
    public IEnumerable<JsonPath> Paths() => _arguments.SelectMany(one => one.Path is { } path ? [path] : one.Call?.Paths() ?? []);

    public JsonNode? Call(JsonNode? input, Surroundings surroundings)
    {
        var values = new JsonNode?[_arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(_arguments[i], input, surroundings);
            surroundings.Spend(values[i]);
        }
        try
        {
            var result = Name == "States.Format" && _arguments[0].Raw is { } raw
                ? IntrinsicFunctions.Format(raw, values)
                : IntrinsicFunctions.All[Name].Run(values, surroundings.Random);
            return result?.Parent is null ? result : result.DeepClone();
        }
        catch (IntrinsicException e)
        {
            throw StateFailedException.At(StateFailedException.IntrinsicFailure, $"The function '{Text}' had the following error: {e.Message}");
        }
    }

    JsonNode? Value(Argument argument, JsonNode? input, Surroundings surroundings)
    {
        if (argument.Call is { } call) return call.Call(input, surroundings);
        if (argument.Path is not { } path) return argument.Literal?.DeepClone();
        return surroundings.TryFind(path, input, out var found)
            ? found
            : throw StateFailedException.AtRuntime($"The function '{Text}' had the following error: The JsonPath argument for the field '{path.Text}' could not be found in the input '{StateData.Write(input)}'");
    }

    /// <param name="Raw">A quoted text with its backslashes, which Format needs to tell <c>{}</c> from <c>\{\}</c>.</param>
    sealed record Argument(JsonPath? Path, Intrinsic? Call, JsonNode? Literal, string? Raw);

    sealed class Reader(string text)
    {
        int _at;

        public bool AtEnd => _at >= text.Length;
        char Current => AtEnd ? '\0' : text[_at];

        public Intrinsic ReadCall(int depth)
        {
            if (depth > MaxDepth) throw Bad("calls may be nested 10 deep");
            var from = _at;
            while (!AtEnd && (char.IsAsciiLetterOrDigit(Current) || Current is '.' or '_')) _at++;
            var name = text[from.._at];
            if (!IntrinsicFunctions.All.TryGetValue(name, out var function)) throw Bad($"'{name}' is no intrinsic function");
            Space();
            Expect('(');
            var arguments = new List<Argument>();
            Space();
            if (Current != ')')
            {
                do
                {
                    Space();
                    arguments.Add(ReadArgument(depth));
                    Space();
                }
                while (Take(','));
            }
            Expect(')');
            if (arguments.Count < function.Least || arguments.Count > function.Most) throw Bad($"'{name}' takes {function.Least} to {function.Most} arguments, not {arguments.Count}");
            return new Intrinsic(name, text[from.._at], [.. arguments]);
        }

        Argument ReadArgument(int depth)
        {
            if (Current == '\'') return ReadQuoted();
            if (Current == '$')
            {
                var path = JsonPath.ParsePrefix(text, _at, out _at);
                return new Argument(path, null, null, null);
            }
            if (string.CompareOrdinal(text, _at, "States.", 0, 7) == 0) return new Argument(null, ReadCall(depth + 1), null, null);
            var from = _at;
            while (!AtEnd && Current is not (',' or ')' or ' ')) _at++;
            try
            {
                return new Argument(null, null, StateData.Parse(text[from.._at]) is { } value and not (JsonObject or JsonArray) ? value : text[from.._at] == "null" ? null : throw Bad("arguments are paths, calls, 'texts', numbers, true, false and null"), null);
            }
            catch (JsonException)
            {
                throw Bad("arguments are paths, calls, 'texts', numbers, true, false and null");
            }
        }

        Argument ReadQuoted()
        {
            var from = ++_at;
            var value = new StringBuilder();
            for (; !AtEnd && Current != '\''; _at++)
            {
                if (Current == '\\')
                {
                    _at++;
                    if (Current is not ('\'' or '{' or '}' or '\\')) throw Bad(@"a backslash must be followed by ', {, } or \");
                }
                value.Append(Current);
            }
            var raw = text[from..Math.Min(_at, text.Length)];
            Expect('\'');
            return new Argument(null, null, JsonValue.Create(value.ToString()), raw);
        }

        public void Space()
        {
            while (Current is ' ' or '\t' or '\n' or '\r') _at++;
        }

        bool Take(char token)
        {
            if (Current != token) return false;
            _at++;
            return true;
        }

        void Expect(char token)
        {
            if (!Take(token)) throw Bad($"'{token}' is missing");
        }

        public JsonPathException Bad(string why) => new(string.Create(CultureInfo.InvariantCulture, $"'{text}', position {_at}: {why}"));
    }
}

/// <summary>An intrinsic function can't do what it was asked.</summary>
public sealed class IntrinsicException(string message) : Exception(message);
