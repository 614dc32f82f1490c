using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>Items can't be read; the message is the state's cause.</summary>
public sealed class ItemReaderException(string message) : Exception(message);

/// <summary>Reads a distributed Map's items from S3: a listing, or an object with JSON, JSON lines or CSV.</summary>
public sealed class MapItemReader(S3Store objects)
{
    const long MaxObject = 512L * 1024 * 1024;
    const int MaxItems = 1_000_000;

    public async Task<List<JsonNode?>> ReadAsync(ItemSource source)
    {
        if (source.MaxItems < 0) throw new ItemReaderException("field MaxItems must be positive");
        var most = source.MaxItems is 0 or > MaxItems ? MaxItems : (int)source.MaxItems;
        try
        {
            if (source.IsListing) return List(source, most);
            using var reader = objects.OpenRead(source.Bucket, source.Key);
            if (reader.Object.Size > MaxObject) throw new ItemReaderException($"The object has {reader.Object.Size} bytes, {MaxObject} are the most");
            using var text = new StreamReader(reader.Read(), Encoding.UTF8);
            return source.Type switch
            {
                "CSV" => Table(text, source, most),
                "JSONL" => await LinesAsync(text, most),
                _ => [.. Items(StateData.Parse(await text.ReadToEndAsync())).Take(most)],
            };
        }
        catch (S3Exception e)
        {
            throw new ItemReaderException($"{e.Message} (Service: S3, Status Code: {e.Status})");
        }
        catch (JsonException)
        {
            throw new ItemReaderException("The object is not valid JSON.");
        }
    }

    static JsonArray Items(JsonNode? tree) => tree as JsonArray ?? throw new ItemReaderException("Attempting to map over non-iterable node.");

    static async Task<List<JsonNode?>> LinesAsync(StreamReader text, int most)
    {
        var items = new List<JsonNode?>();
        while (items.Count < most && await text.ReadLineAsync() is { } line)
            if (line.Length > 0) items.Add(StateData.Parse(line));
        return items;
    }

    List<JsonNode?> List(ItemSource source, int most)
    {
        var items = new List<JsonNode?>();
        string? after = "";
        while (after is not null && items.Count < most)
        {
            var page = objects.List(new ListQuery(source.Bucket) { Prefix = source.Key, After = after });
            foreach (var found in page.Objects.Take(most - items.Count))
                items.Add(new JsonObject
                {
                    ["Etag"] = $"\"{found.ETag.Trim('"')}\"",
                    ["LastModified"] = found.Modified.ToUnixTimeSeconds(),
                    ["Key"] = found.Key,
                    ["Size"] = found.Size,
                    ["StorageClass"] = "STANDARD",
                });
            after = page.Last;
        }
        return items;
    }

    static List<JsonNode?> Table(TextReader text, ItemSource source, int most)
    {
        var headers = source.Headers;
        int[]? order = null;
        var items = new List<JsonNode?>();
        foreach (var fields in CsvRecords.Read(text, source.Delimiter))
        {
            if (headers is null)
            {
                headers = fields;
                if (headers.Distinct().Count() != headers.Length) throw new ItemReaderException("CSV headers cannot contain duplicates.");
                continue;
            }
            if (items.Count == most) break;
            order ??= HashMapOrder.Of(headers);
            var item = new JsonObject();
            foreach (var i in order) item[headers[i]] = i < fields.Length ? fields[i] : "";
            items.Add(item);
        }
        if (headers is not null && headers.Distinct().Count() != headers.Length) throw new ItemReaderException("CSV headers cannot contain duplicates.");
        return items;
    }
}

/// <summary>Records of RFC 4180: quoted fields may hold separators, line breaks and doubled quotes.</summary>
static class CsvRecords
{
    public static IEnumerable<string[]> Read(TextReader text, char delimiter)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (int read; (read = text.Read()) >= 0;)
        {
            var c = (char)read;
            if (isQuoted)
            {
                if (c != '"') field.Append(c);
                else if (text.Peek() == '"') field.Append((char)text.Read());
                else isQuoted = false;
            }
            else if (c == '"' && field.Length == 0)
            {
                isQuoted = true;
            }
            else if (c == delimiter)
            {
                Next();
            }
            else if (c is '\n' or '\r')
            {
                if (c == '\r' && text.Peek() == '\n') text.Read();
                if (fields.Count == 0 && field.Length == 0) continue;
                Next();
                yield return fields.ToArray();
                fields.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        if (fields.Count == 0 && field.Length == 0) yield break;
        Next();
        yield return fields.ToArray();

        void Next()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }
}
