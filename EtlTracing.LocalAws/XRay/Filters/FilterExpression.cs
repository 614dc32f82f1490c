using System.Globalization;

namespace EtlTracing.LocalAws.XRay.Filters;

/// <summary>
/// Filter expressions of GetTraceSummaries (https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html):
/// <c>service("etl-clean-job") { fault } AND annotation.etl_step = "Rank" AND !partial duration &gt; 5</c>.
/// </summary>
sealed class FilterExpression
{
    const int MaxLength = 2000;
    /// <summary>Braces and parentheses; an expression of 2,000 characters could nest deep enough to overflow the stack.</summary>
    const int MaxDepth = 50;

    readonly List<FilterToken> _tokens;
    int _at;
    int _depth;

    FilterExpression(List<FilterToken> tokens) => _tokens = tokens;

    public static Func<TraceSummary, bool> Parse(string expression)
    {
        if (expression.Length > MaxLength) throw XRayException.InvalidRequest($"FilterExpression has {expression.Length} characters, {MaxLength} at most are allowed");
        var parser = new FilterExpression(FilterToken.Split(expression));
        var filter = parser.Or(isTrace: true);
        if (parser.Next.Kind != FilterTokenKind.End) throw InvalidFilter.At(parser.Next.Position, $"unexpected '{parser.Next.Value}'");
        return summary => filter(new TraceScope(summary));
    }

    FilterToken Next => _tokens[_at];

    Func<FilterScope, bool> Or(bool isTrace)
    {
        if (++_depth > MaxDepth) throw InvalidFilter.At(Next.Position, "nested too deeply");
        var left = And(isTrace);
        while (TakeWord("OR"))
        {
            var (first, second) = (left, And(isTrace));
            left = scope => first(scope) || second(scope);
        }
        _depth--;
        return left;
    }

    Func<FilterScope, bool> And(bool isTrace)
    {
        var left = Not(isTrace);
        // Conditions that stand side by side are joined by AND.
        while (TakeWord("AND") || StartsCondition(Next))
        {
            var (first, second) = (left, Not(isTrace));
            left = scope => first(scope) && second(scope);
        }
        return left;
    }

    static bool StartsCondition(FilterToken token) => token switch
    {
        { Kind: FilterTokenKind.Word } => !IsWord(token, "OR"),
        { Kind: FilterTokenKind.Symbol, Value: "!" or "(" } => true,
        _ => false,
    };

    Func<FilterScope, bool> Not(bool isTrace)
    {
        var negated = false;
        while (TakeSymbol("!") || TakeWord("NOT")) negated = !negated;
        var condition = Condition(isTrace);
        return negated ? scope => !condition(scope) : condition;
    }

    Func<FilterScope, bool> Condition(bool isTrace)
    {
        if (TakeSymbol("("))
        {
            var inner = Or(isTrace);
            Expect(")");
            return inner;
        }
        var keyword = Take(FilterTokenKind.Word, "a keyword");
        var name = keyword.Value.ToLowerInvariant();
        if (name is "service" or "edge" && isTrace) return name == "service" ? Service() : Edge();
        if (name == "annotation" || name.StartsWith("annotation.", StringComparison.Ordinal))
        {
            // Documented: not in combination with service and edge.
            if (!isTrace) throw InvalidFilter.At(keyword.Position, "annotation can't be used within service or edge");
            return FilterComparison.Of(AnnotationKey(keyword), Comparison());
        }
        // first to coverage are documented as well; they are about root causes.
        if (name.StartsWith("rootcause", StringComparison.Ordinal) || name.StartsWith("group.", StringComparison.Ordinal) || name is "json" or "first" or "last" or "remote" or "index" or "coverage")
            throw new XRayException("NotImplemented", $"the filter keyword {keyword.Value} is not part of the local cloud", StatusCodes.Status501NotImplemented);
        if (FilterScope.Kind(name) is not { } kind) throw InvalidFilter.At(keyword.Position, $"unknown keyword '{keyword.Value}'");
        return FilterComparison.Of(name, kind, keyword, Comparison());
    }

    /// <summary><c>annotation.key</c>, or <c>annotation[key]</c> where the key has characters that no word has.</summary>
    string AnnotationKey(FilterToken keyword)
    {
        if (keyword.Value.Length > "annotation.".Length) return keyword.Value["annotation.".Length..];
        Expect("[");
        var key = Next.Kind is FilterTokenKind.Word or FilterTokenKind.Text ? Next : throw InvalidFilter.At(Next.Position, "expected an annotation's key");
        _at++;
        Expect("]");
        return key.Value;
    }

    Func<FilterScope, bool> Service()
    {
        Expect("(");
        var node = Next.Value == ")" ? FilterNode.Any : Node();
        Expect(")");
        var filter = Braces();
        return scope => scope.Services.Any(service => node.Matches(service.Segment) && filter(service));
    }

    Func<FilterScope, bool> Edge()
    {
        Expect("(");
        var source = Node();
        Expect(",");
        var target = Node();
        Expect(")");
        var filter = Braces();
        return scope => scope.Edges.Any(edge => source.Matches(edge.Source) && target.Matches(edge.Target) && filter(edge.Call));
    }

    /// <summary><c>"name"</c> or <c>id(name: "name", type: "AWS::Lambda::Function", account.id: "123456789012")</c>.</summary>
    FilterNode Node()
    {
        if (Next.Kind == FilterTokenKind.Text) return FilterNode.Any with { Name = _tokens[_at++].Value };
        if (!TakeWord("id")) throw InvalidFilter.At(Next.Position, "expected a service's name in quotation marks or id(…)");
        Expect("(");
        var node = FilterNode.Any;
        do
        {
            var member = Take(FilterTokenKind.Word, "name, type or account.id");
            Expect(":");
            var value = Take(FilterTokenKind.Text, "a text in quotation marks").Value;
            node = member.Value.ToLowerInvariant() switch
            {
                "name" => node with { Name = value },
                "type" => node with { Type = value },
                "account.id" => node with { Account = value },
                _ => throw InvalidFilter.At(member.Position, $"unknown member '{member.Value}'"),
            };
        }
        while (TakeSymbol(","));
        Expect(")");
        return node;
    }

    Func<FilterScope, bool> Braces()
    {
        if (!TakeSymbol("{")) return _ => true;
        if (TakeSymbol("}")) return _ => true;
        var filter = Or(isTrace: false);
        Expect("}");
        return filter;
    }

    FilterOperation? Comparison()
    {
        var sign = Next.Value.ToUpperInvariant();
        var isOperator = Next.Kind == FilterTokenKind.Symbol && sign is "=" or "!=" or "<" or "<=" or ">" or ">=" || Next.Kind == FilterTokenKind.Word && sign is "CONTAINS" or "BEGINSWITH" or "ENDSWITH";
        if (!isOperator) return null;
        _at++;
        var value = Next;
        if (value.Kind is FilterTokenKind.Symbol or FilterTokenKind.End) throw InvalidFilter.At(value.Position, $"expected a value after {sign}");
        _at++;
        if (value.Kind != FilterTokenKind.Number) return new FilterOperation(sign, value, null);
        return double.TryParse(value.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? new FilterOperation(sign, value, number)
            : throw InvalidFilter.At(value.Position, $"'{value.Value}' is not a number");
    }

    FilterToken Take(FilterTokenKind kind, string expected)
    {
        if (Next.Kind != kind) throw InvalidFilter.At(Next.Position, $"expected {expected}");
        return _tokens[_at++];
    }

    void Expect(string symbol)
    {
        if (!TakeSymbol(symbol)) throw InvalidFilter.At(Next.Position, $"expected '{symbol}'");
    }

    bool TakeSymbol(string symbol)
    {
        if (Next.Kind != FilterTokenKind.Symbol || Next.Value != symbol) return false;
        _at++;
        return true;
    }

    bool TakeWord(string word)
    {
        if (!IsWord(Next, word)) return false;
        _at++;
        return true;
    }

    static bool IsWord(FilterToken token, string word) => token.Kind == FilterTokenKind.Word && token.Value.Equals(word, StringComparison.OrdinalIgnoreCase);
}
