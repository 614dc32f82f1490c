using System.Text.Json;
using System.Text.Unicode;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// JSON whose every name and text can be read later. The parser itself leaves texts as they came, and would let one that is
/// no text into the store, where each reader meets it again.
/// </summary>
static class StrictJson
{
    /// <summary>A name that stands twice makes an object that can't be looked into.</summary>
    public static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>True for UTF-8 without escapes of half a character, such as <c>\ud800</c> alone. JSON that is wrong otherwise is the parser's business.</summary>
    public static bool IsText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return false;
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) return true;
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            return false;
        }
    }
}
