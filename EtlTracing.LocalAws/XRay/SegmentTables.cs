using EtlTracing.LocalAws.Storage;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.XRay;

/// <summary>The SQL of <see cref="SegmentStore"/>. Writing methods are called from one thread.</summary>
sealed class SegmentTables : IDisposable
{
    /// <summary>X-Ray's quota for one trace; what comes after it is left out (ASSUMPTIONS XRAY-006).</summary>
    public const long MaxTraceBytes = 500 * 1024;

    /// <summary>Documents that a page of traces brings into memory, give or take one trace.</summary>
    const long MaxPageBytes = 16 << 20;

    const int Version = 1;
    const string Schema = """
        CREATE TABLE traces (id TEXT PRIMARY KEY, seconds INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
            bytes INTEGER NOT NULL, limited INTEGER NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX traces_seconds ON traces (seconds);
        CREATE INDEX traces_last ON traces (last);
        CREATE TABLE documents (trace TEXT NOT NULL, id TEXT NOT NULL, complete INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE UNIQUE INDEX documents_id ON documents (trace, id);
        """;

    readonly Database _database;

    public SegmentTables(string file)
    {
        _database = new Database(file, Version, Schema);
        using var connection = _database.Open();
        using var sum = Command(connection, "SELECT COALESCE(SUM(bytes), 0) FROM traces");
        Bytes = (long)sum.ExecuteScalar()!;
    }

    /// <summary>Of all documents together.</summary>
    public long Bytes { get; private set; }

    public void Dispose() => _database.Dispose();

    public void Write(IEnumerable<SegmentDocument> documents)
    {
        using var connection = _database.Open();
        using var transaction = connection.BeginTransaction();
        using var insert = Command(connection, "INSERT OR IGNORE INTO documents VALUES ($trace, $id, $complete, $body)", "$trace", "$id", "$complete", "$body");
        using var update = Command(connection, "UPDATE documents SET complete = $complete, body = $body WHERE trace = $trace AND id = $id", "$trace", "$id", "$complete", "$body");
        using var existing = Command(connection, "SELECT complete, length(body) FROM documents WHERE trace = $trace AND id = $id", "$trace", "$id");
        var traces = new Dictionary<string, Change>();
        foreach (var document in documents)
        {
            if (!traces.TryGetValue(document.TraceId, out var trace)) traces[document.TraceId] = trace = Load(connection, document.TraceId);
            trace.Revision++;
            trace.First = Math.Min(trace.First, document.Start);
            trace.Last = Math.Max(trace.Last, document.End);
            if (trace.Bytes + document.Json.Length <= MaxTraceBytes && Run(insert, document.TraceId, document.Id, document.IsComplete, document.Json) == 1)
            {
                trace.Bytes += document.Json.Length;
                continue;
            }
            if (Existing(existing, document) is not { } old) trace.Limited = true;
            else if (document.IsComplete || !old.Complete)
            {
                Run(update, document.TraceId, document.Id, document.IsComplete, document.Json);
                trace.Bytes += document.Json.Length - old.Length;
            }
        }
        var grown = 0L;
        using var save = Command(connection, """
            INSERT INTO traces VALUES ($id, $seconds, $first, $last, $bytes, $limited, $revision) ON CONFLICT (id) DO UPDATE
            SET first = $first, last = $last, bytes = $bytes, limited = $limited, revision = $revision
            """, "$id", "$seconds", "$first", "$last", "$bytes", "$limited", "$revision");
        foreach (var (id, trace) in traces)
        {
            Run(save, id, TraceId.Seconds(id), trace.First, trace.Last, trace.Bytes, trace.Limited, trace.Revision);
            grown += trace.Bytes - trace.BytesBefore;
        }
        transaction.Commit();
        Bytes += grown;
    }

    public StoredTrace? Find(string id)
    {
        using var connection = _database.Open();
        // One snapshot for the trace and its documents.
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = Command(connection, "SELECT limited, revision FROM traces WHERE id = $id", "$id");
        command.Parameters[0].Value = id;
        using var reader = command.ExecuteReader();
        return reader.Read() ? new StoredTrace(id, reader.GetInt64(0) != 0, reader.GetInt64(1), Documents(connection, id)) : null;
    }

    public TracePage Range(double start, double end, bool byTraceId, string after, int limit)
    {
        using var connection = _database.Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = Command(connection, $"""
            SELECT id, limited, revision, bytes FROM traces
            WHERE {(byTraceId ? "seconds >= $start AND seconds < $end" : "last >= $start AND first < $end")} AND id > $after ORDER BY id LIMIT $limit
            """, "$start", "$end", "$after", "$limit");
        command.Parameters[0].Value = start;
        command.Parameters[1].Value = end;
        command.Parameters[2].Value = after;
        command.Parameters[3].Value = limit;
        var traces = new List<StoredTrace>();
        var bytes = 0L;
        using var reader = command.ExecuteReader();
        while (bytes < MaxPageBytes && reader.Read())
        {
            var id = reader.GetString(0);
            bytes += reader.GetInt64(3);
            traces.Add(new StoredTrace(id, reader.GetInt64(1) != 0, reader.GetInt64(2), Documents(connection, id)));
        }
        return new TracePage(traces, IsLast: bytes < MaxPageBytes && traces.Count < limit);
    }

    public void DeleteBefore(long seconds) => Delete("seconds < $limit", seconds);

    /// <summary>Deletes the oldest traces until a tenth of the allowed size is free.</summary>
    public void Shrink(long maxBytes)
    {
        if (Bytes <= maxBytes) return;
        var limit = 0L;
        using (var connection = _database.Open())
        using (var command = Command(connection, "SELECT seconds, bytes FROM traces ORDER BY seconds"))
        using (var reader = command.ExecuteReader())
        {
            for (var left = Bytes; left > maxBytes - maxBytes / 10 && reader.Read(); left -= reader.GetInt64(1)) limit = reader.GetInt64(0);
        }
        Delete("seconds <= $limit", limit);
    }

    void Delete(string condition, long limit)
    {
        using var connection = _database.Open();
        using var transaction = connection.BeginTransaction();
        using var documents = Command(connection, $"DELETE FROM documents WHERE trace IN (SELECT id FROM traces WHERE {condition})", "$limit");
        using var traces = Command(connection, $"DELETE FROM traces WHERE {condition}", "$limit");
        Run(documents, limit);
        Run(traces, limit);
        using var sum = Command(connection, "SELECT COALESCE(SUM(bytes), 0) FROM traces");
        var bytes = (long)sum.ExecuteScalar()!;
        transaction.Commit();
        Bytes = bytes;
    }

    static List<byte[]> Documents(SqliteConnection connection, string trace)
    {
        using var command = Command(connection, "SELECT body FROM documents WHERE trace = $trace ORDER BY rowid", "$trace");
        command.Parameters[0].Value = trace;
        using var reader = command.ExecuteReader();
        var documents = new List<byte[]>();
        while (reader.Read()) documents.Add((byte[])reader.GetValue(0));
        return documents;
    }

    static Change Load(SqliteConnection connection, string id)
    {
        using var command = Command(connection, "SELECT first, last, bytes, limited, revision FROM traces WHERE id = $id", "$id");
        command.Parameters[0].Value = id;
        using var reader = command.ExecuteReader();
        if (!reader.Read()) return new Change { First = double.MaxValue, Last = double.MinValue };
        return new Change
        {
            First = reader.GetDouble(0),
            Last = reader.GetDouble(1),
            Bytes = reader.GetInt64(2),
            BytesBefore = reader.GetInt64(2),
            Limited = reader.GetInt64(3) != 0,
            Revision = reader.GetInt64(4),
        };
    }

    static (bool Complete, long Length)? Existing(SqliteCommand command, SegmentDocument document)
    {
        command.Parameters[0].Value = document.TraceId;
        command.Parameters[1].Value = document.Id;
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0) != 0, reader.GetInt64(1)) : null;
    }

    static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        return command;
    }

    static int Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command.ExecuteNonQuery();
    }

    sealed class Change
    {
        public double First, Last;
        public long Bytes, BytesBefore, Revision;
        public bool Limited;
    }
}
