namespace EtlTracing.Tests.Pipeline;

/// <summary>Well-formed CSV, a character at a time: slow, obvious, and written without a look at the engine's reader.</summary>
static class NaiveCsv
{
    public static List<string[]> Read(string text)
    {
        var records = new List<string[]>();
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (quoted)
            {
                if (character != '"') field.Append(character);
                else if (at + 1 < text.Length && text[at + 1] == '"') field.Append(text[++at]);
                else quoted = false;
            }
            else if (character == '"')
            {
                quoted = true;
            }
            else if (character is ',' or '\n')
            {
                fields.Add(field.ToString());
                field.Clear();
                if (character == ',') continue;
                records.Add([.. fields]);
                fields.Clear();
            }
            else if (character != '\r')
            {
                field.Append(character);
            }
        }

        if (field.Length > 0 || fields.Count > 0) records.Add([.. fields, field.ToString()]);
        return records;
    }
}
