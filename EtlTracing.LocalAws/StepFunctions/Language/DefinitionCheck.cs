using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>One thing that is wrong with a definition, and where.</summary>
public sealed record Diagnostic(string Code, string Message, string? Location)
{
    public override string ToString() => $"{Code}: {Message}{(Location is null ? "" : " at " + Location)}";
}

/// <summary>Finds everything that is wrong with a definition before it is taken.</summary>
public sealed partial class DefinitionCheck
{
    const string Schema = "SCHEMA_VALIDATION_FAILED";
    readonly List<Diagnostic> _found = [];
    readonly string _type;

    DefinitionCheck(string type) => _type = type;

    public static IReadOnlyList<Diagnostic> Of(string text, string type)
    {
        if (text.Length == 0) return [new Diagnostic(Schema, "Definition must be a valid JSON object", null)];
        JsonNode? json;
        try
        {
            json = StateData.Parse(text);
        }
        catch (JsonException)
        {
            var (message, line, column) = JacksonError.Find(text);
            var place = $"[Source: (String)\"{text}\"; line: {line}, column: {column}]";
            return [new Diagnostic("INVALID_JSON_DESCRIPTION", $"{message}\n at {place}", place)];
        }
        if (json is not JsonObject root) return [new Diagnostic(Schema, "Definition must be a valid JSON object", null)];
        var check = new DefinitionCheck(type);
        check.Scope(root, "");
        return check._found;
    }

    void Bad(string message, string location, string code = Schema) => _found.Add(new Diagnostic(code, message, location.Length == 0 ? "/" : location));

    void Scope(JsonObject scope, string at)
    {
        var missing = new[] { "States", "StartAt" }.Where(field => !scope.ContainsKey(field)).ToArray();
        if (missing.Length > 0) Bad($"These fields are required: [{string.Join(", ", missing)}]", at);
    }
}
