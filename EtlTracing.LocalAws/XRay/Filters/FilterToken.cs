using System.Text;

namespace EtlTracing.LocalAws.XRay.Filters;

enum FilterTokenKind
{
    Word,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>A piece of a filter expression, with its place for messages.</summary>
readonly record struct FilterToken(FilterTokenKind Kind, string Value, int Position)
{
    static readonly string[] s_symbols = ["!=", "<=", ">=", "=", "<", ">", "!", "(", ")", "{", "}", "[", "]", ",", ":", "#"];

    public static List<FilterToken> Split(string expression)
    {
        var tokens = new List<FilterToken>();
        for (var at = 0; at < expression.Length;)
        {
            var character = expression[at];
            if (char.IsWhiteSpace(character)) at++;
            else if (character is '"' or '\'') tokens.Add(Quoted(expression, ref at));
            else if (char.IsAsciiDigit(character) || character is '-' or '.' && at + 1 < expression.Length && char.IsAsciiDigit(expression[at + 1])) tokens.Add(Take(FilterTokenKind.Number, expression, ref at, IsNumberPart));
            else if (char.IsLetter(character) || character == '_') tokens.Add(Take(FilterTokenKind.Word, expression, ref at, IsWordPart));
            else if (s_symbols.FirstOrDefault(symbol => expression.AsSpan(at).StartsWith(symbol)) is { } symbol)
            {
                tokens.Add(new FilterToken(FilterTokenKind.Symbol, symbol, at));
                at += symbol.Length;
            }
            else throw InvalidFilter.At(at, $"unexpected '{character}'");
        }
        tokens.Add(new FilterToken(FilterTokenKind.End, "", expression.Length));
        return tokens;
    }

    static FilterToken Quoted(string expression, ref int at)
    {
        var start = at;
        var quote = expression[at++];
        var text = new StringBuilder();
        for (; at < expression.Length && expression[at] != quote; at++)
        {
            if (expression[at] == '\\' && at + 1 < expression.Length) at++;
            text.Append(expression[at]);
        }
        if (at == expression.Length) throw InvalidFilter.At(start, "a text without its closing quotation mark");
        at++;
        return new FilterToken(FilterTokenKind.Text, text.ToString(), start);
    }

    static FilterToken Take(FilterTokenKind kind, string expression, ref int at, Func<char, bool> isPart)
    {
        var start = at++;
        while (at < expression.Length && isPart(expression[at])) at++;
        return new FilterToken(kind, expression[start..at], start);
    }

    static bool IsNumberPart(char character) => char.IsAsciiDigit(character) || character is '.' or 'e' or 'E';

    /// <summary>Keywords and annotation keys have dots, as in <c>http.url</c> and <c>annotation.etl.step</c>.</summary>
    static bool IsWordPart(char character) => char.IsLetterOrDigit(character) || character is '_' or '.' or '-';
}

/// <summary>Makes the error of an expression that cannot be understood.</summary>
static class InvalidFilter
{
    public static XRayException At(int position, string what) => XRayException.InvalidRequest($"Invalid filter expression: {what} at position {position}");
}
