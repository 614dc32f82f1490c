using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>Reads paths, also those inside of an intrinsic function's arguments, and the filters inside of paths.</summary>
sealed class JsonPathParser(string text, int start)
{
    const int MaxDepth = 50;
    int _depth;

    public int Position { get; private set; } = start;
    public bool AtEnd => Position >= text.Length;

    char Current => AtEnd ? '\0' : text[Position];

    public string ReadRoot()
    {
        if (Current != '$') throw Bad("a path must start with '$'");
        Position++;
        if (Current == '$')
        {
            Position++;
            return "$$";
        }
        var from = Position;
        while (!AtEnd && (char.IsLetterOrDigit(Current) || Current == '_')) Position++;
        return "$" + text[from..Position];
    }

    public List<PathStep> ReadSteps()
    {
        if (++_depth > MaxDepth) throw Bad("nested too deep");
        var steps = new List<PathStep>();
        while (!AtEnd)
        {
            if (Current == '[') steps.Add(ReadBracket());
            else if (Current == '.' && Position + 1 < text.Length && text[Position + 1] == '.') steps.Add(ReadDescendant());
            else if (Current == '.')
            {
                Position++;
                // Jayway lets a bracket follow the dot.
                steps.Add(Current == '[' ? ReadBracket() : ReadName());
            }
            else break;
        }
        _depth--;
        return steps;
    }

    DescendantStep ReadDescendant()
    {
        Position += 2;
        return new DescendantStep(Current == '[' ? ReadBracket() : ReadName());
    }

    PathStep ReadName()
    {
        if (Current == '*')
        {
            Position++;
            return new WildcardStep();
        }
        var from = Position;
        while (!AtEnd && !".[]()=<>!&|,'\"@ \t\n\r".Contains(Current)) Position++;
        if (Position == from) throw Bad("a name is missing");
        var name = text[from..Position];
        if (Current == '(')
        {
            if (name != "length" || Position + 1 >= text.Length || text[Position + 1] != ')') throw Bad($"function '{name}' is not supported");
            Position += 2;
            return new LengthStep();
        }
        return new NameStep(name);
    }

    PathStep ReadBracket()
    {
        Position++;
        SkipSpace();
        switch (Current)
        {
            case '*':
                Position++;
                Expect(']');
                return new WildcardStep();
            case '?':
                Position++;
                SkipSpace();
                Expect('(');
                var filter = ReadEither();
                Expect(')');
                Expect(']');
                return new FilterStep(filter);
            case '\'' or '"':
                var names = new List<string>();
                do
                {
                    SkipSpace();
                    names.Add(ReadQuoted());
                }
                while (TryRead(','));
                Expect(']');
                return new NameStep([.. names]);
            default:
                return ReadIndexes();
        }
    }

    PathStep ReadIndexes()
    {
        var first = ReadInteger();
        if (TryRead(':'))
        {
            var last = ReadInteger();
            var by = TryRead(':') ? ReadInteger() ?? 1 : 1;
            Expect(']');
            if (by < 1) throw Bad("a slice's step must be positive");
            return new SliceStep(first, last, by);
        }
        var indexes = new List<int> { first ?? throw Bad("Expected ?, ', 0-9, *") };
        while (TryRead(',')) indexes.Add(ReadInteger() ?? throw Bad("an index is missing"));
        Expect(']');
        return new IndexStep([.. indexes]);
    }

    int? ReadInteger()
    {
        SkipSpace();
        var from = Position;
        if (Current == '-') Position++;
        while (char.IsAsciiDigit(Current)) Position++;
        if (Position == from) return null;
        return int.TryParse(text.AsSpan(from, Position - from), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Bad("not an index");
    }

    public string ReadQuoted()
    {
        var quote = Current;
        if (quote is not ('\'' or '"')) throw Bad("a quoted name is missing");
        Position++;
        var value = new StringBuilder();
        while (!AtEnd && Current != quote)
        {
            if (Current == '\\' && Position + 1 < text.Length && (text[Position + 1] == quote || text[Position + 1] == '\\')) Position++;
            value.Append(Current);
            Position++;
        }
        Expect(quote);
        return value.ToString();
    }

    FilterExpression ReadEither()
    {
        if (++_depth > MaxDepth) throw Bad("nested too deep");
        var left = ReadBoth();
        while (TryRead("||")) left = new EitherFilter(left, ReadBoth());
        _depth--;
        return left;
    }

    FilterExpression ReadBoth()
    {
        var left = ReadTerm();
        while (TryRead("&&")) left = new BothFilter(left, ReadTerm());
        return left;
    }

    FilterExpression ReadTerm()
    {
        SkipSpace();
        if (Current == '!')
        {
            if (++_depth > MaxDepth) throw Bad("nested too deep");
            Position++;
            var inner = ReadTerm();
            _depth--;
            return new NotFilter(inner);
        }
        if (TryRead('('))
        {
            var inner = ReadEither();
            Expect(')');
            return inner;
        }
        var left = ReadOperand();
        foreach (var operation in ComparisonFilter.Operators)
            if (TryRead(operation)) return new ComparisonFilter(left, operation, ReadOperand());
        return new ExistsFilter(left);
    }

    FilterOperand ReadOperand()
    {
        SkipSpace();
        switch (Current)
        {
            case '@':
                var from = Position++;
                return new FilterOperand(JsonPath.Relative(text[from..Position], ReadSteps()), null);
            case '$':
                ReadRoot();
                return new FilterOperand(JsonPath.Relative("$", ReadSteps()), null) { FromRoot = true };
            case '\'' or '"':
                return new FilterOperand(null, JsonValue.Create(ReadQuoted()));
            case '/':
                return new FilterOperand(null, null) { Pattern = ReadPattern() };
            case '[' or '{':
                return new FilterOperand(null, ReadLiteral(Nested()));
            default:
                var begin = Position;
                while (!AtEnd && !")=<>!&|, \t\n\r]".Contains(Current)) Position++;
                return new FilterOperand(null, ReadLiteral(text[begin..Position]));
        }
    }

    string Nested()
    {
        var from = Position;
        var open = 0;
        do
        {
            if (Current is '[' or '{') open++;
            else if (Current is ']' or '}') open--;
            Position++;
        }
        while (open > 0 && !AtEnd);
        return text[from..Position].Replace('\'', '"');
    }

    JsonNode? ReadLiteral(string literal)
    {
        try
        {
            return StateData.Parse(literal);
        }
        catch (System.Text.Json.JsonException)
        {
            throw Bad($"'{literal}' is not a value");
        }
    }

    (string Pattern, bool IgnoreCase) ReadPattern()
    {
        Position++;
        var pattern = new StringBuilder();
        while (!AtEnd && Current != '/')
        {
            if (Current == '\\' && Position + 1 < text.Length) pattern.Append(text[Position++]);
            pattern.Append(Current);
            Position++;
        }
        Expect('/');
        return (pattern.ToString(), TryRead('i'));
    }

    bool TryRead(string token)
    {
        SkipSpace();
        if (string.CompareOrdinal(text, Position, token, 0, token.Length) != 0) return false;
        Position += token.Length;
        return true;
    }

    bool TryRead(char token)
    {
        SkipSpace();
        if (Current != token || AtEnd) return false;
        Position++;
        return true;
    }

    void Expect(char token)
    {
        if (!TryRead(token)) throw Bad($"'{token}' is missing");
    }

    void SkipSpace()
    {
        while (!AtEnd && char.IsWhiteSpace(Current)) Position++;
    }

    JsonPathException Bad(string why) => new(string.Create(CultureInfo.InvariantCulture, $"Could not parse path '{text}' at position {Position}: {why}"));
}
