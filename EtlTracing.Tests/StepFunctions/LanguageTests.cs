using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.Tests.StepFunctions;

public sealed class LanguageTests
{
    const string Store = """
        { "store": { "book": [
            { "category": "reference", "title": "Sayings", "price": 8.95 },
            { "category": "fiction", "title": "Sword", "price": 12.99 },
            { "category": "fiction", "title": "Moby", "isbn": "0-553", "price": 8.99 },
            { "category": "fiction", "title": "Lord", "isbn": "0-395", "price": 22.99 } ],
          "bicycle": { "color": "red", "price": 19.95 } }, "limit": 10, "odd name": 1, "nothing": null }
        """;

    static Surroundings Around(string? variable = null) => new(() => [], name => name == "v" ? variable : null, new Random(1));

    static string Find(string path) => StateData.Write(JsonPath.Parse(path).Find(StateData.Parse(Store)));

    static string Call(string expression, string input) => StateData.Write(Intrinsic.Parse(expression).Call(StateData.Parse(input), Around("{\"a\":[1,2]}")));

    [Theory]
    [InlineData("$.store.bicycle.color", "\"red\"")]
    [InlineData("$['store']['bicycle']['color']", "\"red\"")]
    [InlineData("$['odd name']", "1")]
    [InlineData("$.nothing", "null")]
    [InlineData("$.store.book[0].title", "\"Sayings\"")]
    [InlineData("$.store.book[-1].title", "\"Lord\"")]
    [InlineData("$.store.book[*].title", """["Sayings","Sword","Moby","Lord"]""")]
    [InlineData("$..price", "[8.95,12.99,8.99,22.99,19.95]")]
    [InlineData("$.store.book[1:3].title", """["Sword","Moby"]""")]
    [InlineData("$.store.book[-2:].title", """["Moby","Lord"]""")]
    [InlineData("$.store.book[0,2].title", """["Sayings","Moby"]""")]
    [InlineData("$.store.book[?(@.isbn)].title", """["Moby","Lord"]""")]
    [InlineData("$.store.book[?(@.price < 10)].title", """["Sayings","Moby"]""")]
    [InlineData("$.store.book[?(@.price > $.limit && @.category == 'fiction')].title", """["Sword","Lord"]""")]
    [InlineData("$.store.book[?(@.title =~ /s.*/i)].title", """["Sayings","Sword"]""")]
    [InlineData("$.store.book[?(@.title in ['Moby','Lord'])].price", "[8.99,22.99]")]
    [InlineData("$.store.book[?(!(@.isbn))].title", """["Sayings","Sword"]""")]
    [InlineData("$.store.bicycle['color','price']", """{"color":"red","price":19.95}""")]
    [InlineData("$.store.book[?(@.price > 100)]", "[]")]
    [InlineData("$.store.book.length()", "4")]
    [InlineData("$.store.book.[?(@.price < 9)].title", """["Sayings","Moby"]""")]
    [InlineData("$.none[*]", "[]")]
    [InlineData("$.none.below[1:5].title", "[]")]
    public void PathsFindWhatTheyName(string path, string expected) => Assert.Equal(expected, Find(path));

    [Theory]
    [InlineData("$.none", "No results for path: $['none']")]
    [InlineData("$.none.below", "Missing property in path $['none']")]
    [InlineData("$.store[1:2]", "Filter: [1:2] can only be applied to arrays. Current context is: {\"book\"", true)]
    public void AMissingPlaceIsNamed(string path, string message, bool isStart = false)
    {
        var told = Assert.Throws<JsonPathException>(() => Find(path)).Message;
        Assert.Equal(message, isStart ? told[..message.Length] : told);
    }

    [Theory]
    [InlineData("store")]
    [InlineData("$.")]
    [InlineData("$[")]
    [InlineData("$.a[?(@.b == )]")]
    [InlineData("$.a[x]")]
    [InlineData("$.a b")]
    public void WhatIsNoPathIsRefused(string text) => Assert.Throws<JsonPathException>(() => JsonPath.Parse(text));

    [Theory]
    [InlineData("States.Format('Hello {}, it is {}.', $.name, 3)", """{"name":"Ann"}""", "\"Hello Ann, it is 3.\"")]
    [InlineData(@"States.Format('\{\} {} \'{}\'', $, 1.5)", """{"a":[1],"b":null}""", "\"{} {a=[1], b=null} '1.5'\"")]
    [InlineData("States.StringToJson($)", "\"{\\\"a\\\": 1}\"", """{"a":1}""")]
    [InlineData("States.JsonToString($)", """{"a": [1, "x"]}""", "\"{\\\"a\\\":[1,\\\"x\\\"]}\"")]
    [InlineData("States.Array(1, 'x', $.a, null, true)", """{"a":{"b":1}}""", """[1,"x",{"b":1},null,true]""")]
    [InlineData("States.Array()", "{}", "[]")]
    [InlineData("States.ArrayPartition($, 4)", "[1,2,3,4,5,6,7,8,9]", "[[1,2,3,4],[5,6,7,8],[9]]")]
    [InlineData("States.ArrayContains($.a, $.b)", """{"a":[1,{"x":2}],"b":{"x":2.0}}""", "true")]
    [InlineData("States.ArrayRange(1, 9, 2)", "{}", "[1,3,5,7,9]")]
    [InlineData("States.ArrayRange(9, 1, -4)", "{}", "[9,5,1]")]
    [InlineData("States.ArrayGetItem($, 5)", "[1,2,3,4,5,6]", "6")]
    [InlineData("States.ArrayLength($v.a)", "{}", "2")]
    [InlineData("States.ArrayUnique($)", "[1,2,3,3,3,4,1.0]", "[1,2,3,4]")]
    [InlineData("States.Base64Encode('Data to encode')", "{}", "\"RGF0YSB0byBlbmNvZGU=\"")]
    [InlineData("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "{}", "\"Data to encode\"")]
    [InlineData("States.Hash('input data', 'SHA-1')", "{}", "\"aaff4a450a104cd177d28d18d74485e8cae074b7\"")]
    [InlineData("States.JsonMerge($.a, $.b, false)", """{"a":{"x":{"p":1},"y":1},"b":{"x":{"q":1},"z":1}}""", """{"x":{"q":1},"y":1,"z":1}""")]
    [InlineData("States.MathAdd($.a, -1)", """{"a":111}""", "110")]
    [InlineData("States.MathAdd(-1.5, -1.49)", "{}", "-2")]
    [InlineData("States.StringSplit($, '.+,=')", "\"This.is+a,,test=string\"", """["This","is","a","test","string"]""")]
    [InlineData("States.ArrayGetItem(States.StringSplit($, '-'), States.MathAdd(States.ArrayLength(States.StringSplit($, '-')), -1))", "\"a-b-c\"", "\"c\"")]
    public void IntrinsicFunctionsGiveWhatTheirDocumentationShows(string expression, string input, string expected) => Assert.Equal(expected, Call(expression, input));

    [Fact]
    public void MathRandomIsWithinItsRangeAndTheSameForTheSameSeed()
    {
        var number = int.Parse(Call("States.MathRandom(1, 999, 7)", "{}"), System.Globalization.CultureInfo.InvariantCulture);

        Assert.InRange(number, 1, 998);
        Assert.Equal(Call("States.MathRandom(1, 999, 7)", "{}"), Call("States.MathRandom(1, 999, 7)", "{}"));
        Assert.NotEqual(Call("States.UUID()", "{}"), Call("States.UUID()", "{}"));
    }

    [Theory]
    [InlineData("States.ArrayGetItem($, 9)", "[1]")]
    [InlineData("States.Format('{} {}', 1)", "{}")]
    [InlineData("States.JsonMerge($, $, true)", "{}")]
    [InlineData("States.StringToJson('nonsense')", "{}")]
    public void WhatAFunctionCannotDoIsAnIntrinsicFailure(string expression, string input) =>
        Assert.Equal("States.IntrinsicFailure", Assert.Throws<StateFailedException>(() => Call(expression, input)).Error);

    [Theory]
    [InlineData("StringMatches", "\"log-*.txt\"", "\"log-1.txt\"", true)]
    [InlineData("StringMatches", "\"a\\\\*b\"", "\"a*b\"", true)]
    [InlineData("StringMatches", "\"a\\\\*b\"", "\"axb\"", false)]
    [InlineData("StringLessThan", "\"b\"", "\"a\"", true)]
    [InlineData("StringEquals", "\"1\"", "1", false)]
    [InlineData("NumericEquals", "1", "1.0", true)]
    [InlineData("NumericGreaterThanEquals", "5", "5", true)]
    [InlineData("BooleanEquals", "true", "true", true)]
    [InlineData("BooleanEquals", "true", "1", false)]
    [InlineData("TimestampLessThan", "\"2016-08-18T17:33:00+02:00\"", "\"2016-08-18T15:32:59Z\"", true)]
    [InlineData("IsNull", "true", "null", true)]
    [InlineData("IsNumeric", "false", "\"1\"", true)]
    [InlineData("IsTimestamp", "true", "\"2001-01-01T12:00:00Z\"", true)]
    [InlineData("IsTimestamp", "true", "\"2001-01-01\"", false)]
    [InlineData("IsString", "true", "\"\"", true)]
    public void ComparisonsHoldForValuesOfTheirKindOnly(string name, string operand, string value, bool expected) =>
        Assert.Equal(expected, ChoiceComparison.Compare(name, JsonNode.Parse(value), JsonNode.Parse(operand)));
}
