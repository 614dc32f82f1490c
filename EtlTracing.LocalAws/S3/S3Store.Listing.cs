namespace EtlTracing.LocalAws.S3;

/// <summary>What a listing asks for; <see cref="After"/> is the last key (or common prefix) of the page before.</summary>
public sealed record ListQuery(string Bucket)
{
    public string Prefix { get; init; } = "";
    public string Delimiter { get; init; } = "";
    public string After { get; init; } = "";

    /// <summary>A marker inside of a common prefix stands for all of it, as the markers of ListObjects and ListObjectVersions do.</summary>
    public bool AfterWholePrefix { get; init; }
    public int Count { get; init; } = S3Limits.Page;
}

/// <summary>One page: objects and common prefixes, each in order. <see cref="Last"/> is where the next page goes on; null at the end.</summary>
public sealed record ListPage(IReadOnlyList<StoredObject> Objects, IReadOnlyList<string> CommonPrefixes, string? Last);

public sealed partial class S3Store
{
    /// <summary>A page of keys in UTF-8 order. With a delimiter, a common prefix costs one look-up however many keys it stands for.</summary>
    public ListPage List(ListQuery query)
    {
        using var connection = _database.Open();
        Bucket(connection, query.Bucket);
        var objects = new List<StoredObject>();
        var prefixes = new List<string>();
        if (query.Count == 0) return new ListPage(objects, prefixes, null);
        var prefix = Blob(query.Prefix);
        var end = Successor(prefix);
        var (start, inclusive) = (Blob(query.After), false);
        if (start.AsSpan().SequenceCompareTo(prefix) < 0) (start, inclusive) = (prefix, true);
        // A page that ended with a common prefix goes on after all that it stands for.
        else if (CommonPrefix(query.After, query) is { } done && (query.AfterWholePrefix || done == query.After)) (start, inclusive) = (Successor(Blob(done)) ?? [], true);
        if (start.Length == 0 && !inclusive && query.After.Length > 0) return new ListPage(objects, prefixes, null);

        string? last = null;
        for (var scanning = true; scanning;)
        {
            scanning = false;
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {ObjectColumns} FROM objects WHERE bucket=?1 AND key {(inclusive ? ">=" : ">")} ?2 {(end is null ? "" : "AND key < ?4 ")}ORDER BY key LIMIT ?3";
            command.Parameters.AddWithValue("?1", query.Bucket);
            command.Parameters.AddWithValue("?2", start);
            command.Parameters.AddWithValue("?3", query.Count - objects.Count - prefixes.Count + 1);
            if (end is not null) command.Parameters.AddWithValue("?4", end);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (objects.Count + prefixes.Count == query.Count) return new ListPage(objects, prefixes, last);
                var key = Text(reader, 2);
                if (CommonPrefix(key, query) is not { } common)
                {
                    objects.Add(ReadObject(reader));
                    last = key;
                    continue;
                }
                prefixes.Add(common);
                last = common;
                if (Successor(Blob(common)) is not { } next) return new ListPage(objects, prefixes, null);
                (start, inclusive, scanning) = (next, true, true);
                break;
            }
        }
        return new ListPage(objects, prefixes, null);
    }

    static string? CommonPrefix(string key, ListQuery query)
    {
        if (query.Delimiter.Length == 0 || !key.StartsWith(query.Prefix, StringComparison.Ordinal)) return null;
        var found = key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
        return found < 0 ? null : key[..(found + query.Delimiter.Length)];
    }

    /// <summary>The smallest key after all keys that start with <paramref name="prefix"/>; null when there is none.</summary>
    static byte[]? Successor(ReadOnlySpan<byte> prefix)
    {
        var length = prefix.Length;
        while (length > 0 && prefix[length - 1] == 0xFF) length--;
        if (length == 0) return null;
        var next = prefix[..length].ToArray();
        next[length - 1]++;
        return next;
    }
}
