using System.Collections.Concurrent;
using System.Text.Json;
using EtlTracing.LocalAws.StepFunctions.Engine;
using Microsoft.Data.Sqlite;
using DatabaseFile = EtlTracing.LocalAws.Storage.Database;

namespace EtlTracing.LocalAws.StepFunctions.Storage;

/// <summary>Everything of Step Functions that outlives the process: one file, <c>sfn.db</c>. Reads here, writes through <see cref="Journal"/>.</summary>
public sealed class Store(string folder)
{
    const int Version = 1;
    const string Schema = """
        CREATE TABLE machines(arn TEXT PRIMARY KEY, revision INTEGER NOT NULL, tags TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE revisions(id INTEGER PRIMARY KEY, arn TEXT NOT NULL, document TEXT NOT NULL);
        CREATE TABLE activities(arn TEXT PRIMARY KEY, created REAL NOT NULL, tags TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE executions(
          sequence INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, revision INTEGER NOT NULL, name TEXT NOT NULL,
          map_run TEXT, map_item INTEGER NOT NULL, items INTEGER NOT NULL, trace TEXT, input TEXT NOT NULL, started REAL NOT NULL,
          status TEXT NOT NULL, stopped REAL, output TEXT, error TEXT, cause TEXT, redrives INTEGER NOT NULL, redriven REAL, snapshot TEXT, segment TEXT);
        CREATE INDEX executions_by_machine ON executions(machine, sequence);
        CREATE INDEX executions_by_map_run ON executions(map_run, sequence) WHERE map_run IS NOT NULL;
        CREATE INDEX executions_unpublished ON executions(sequence) WHERE segment IS NOT NULL;
        CREATE INDEX executions_running ON executions(sequence) WHERE status = 'RUNNING';
        CREATE INDEX executions_closed ON executions(stopped) WHERE stopped IS NOT NULL;
        CREATE TABLE events(execution INTEGER NOT NULL, id INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(execution, id)) WITHOUT ROWID;
        CREATE TABLE map_runs(arn TEXT PRIMARY KEY, sequence INTEGER NOT NULL UNIQUE, execution TEXT NOT NULL, revision INTEGER NOT NULL, status TEXT NOT NULL, stopped REAL, total INTEGER, document TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE map_items(run INTEGER NOT NULL, id INTEGER NOT NULL, size INTEGER NOT NULL, input TEXT NOT NULL, status TEXT NOT NULL, output TEXT, PRIMARY KEY(run, id)) WITHOUT ROWID;
        CREATE INDEX map_runs_by_execution ON map_runs(execution, sequence);
        """;

    const int MaxRevisions = 1_000;

    readonly ConcurrentDictionary<long, Machine> _revisions = new();

    public DatabaseFile Database { get; } = new(Path.Combine(folder, "sfn.db"), Version, Schema);

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // all callers pass constants
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++) command.Parameters.Add(new SqliteParameter("$" + (i + 1), values[i] ?? DBNull.Value));
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    public long Highest(string sql) => Query(sql, row => row.IsDBNull(0) ? 0 : row.GetInt64(0))[0];

    /// <summary>A state machine at one revision; one object for all its executions, so that its definition is read once.</summary>
    public Machine? Revision(long id)
    {
        if (_revisions.TryGetValue(id, out var known)) return known;
        var found = Query("SELECT document FROM revisions WHERE id = $1", row => JsonSerializer.Deserialize<Machine>(row.GetString(0))!, id).FirstOrDefault();
        if (_revisions.Count >= MaxRevisions) _revisions.Clear();
        if (found is not null) _revisions[id] = found;
        return found;
    }

    public ExecutionRow? Execution(string arn) =>
        Query($"SELECT {ExecutionRow.Columns} FROM executions WHERE arn = $1", ExecutionRow.Read, arn).FirstOrDefault();

    public static void Save(JournalWriter writer, Machine machine, string tags)
    {
        writer.Run("INSERT INTO revisions(id, arn, document) VALUES($1, $2, $3)", machine.Revision, machine.Arn, JsonSerializer.Serialize(machine));
        writer.Run("INSERT INTO machines(arn, revision, tags) VALUES($1, $2, $3) ON CONFLICT(arn) DO UPDATE SET revision = excluded.revision", machine.Arn, machine.Revision, tags);
    }

    /// <summary>Writes what a turn changed: the new events and where the execution now stands.</summary>
    public static void Save(JournalWriter writer, Turn turn)
    {
        var execution = turn.Execution;
        if (turn.IsFirst)
            writer.Run(
                "INSERT INTO executions(sequence, arn, machine, revision, name, map_run, map_item, items, trace, input, started, status, redrives) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'RUNNING', 0)",
                execution.Sequence, execution.Arn, execution.Machine.Arn, execution.Machine.Revision, execution.Name, execution.MapRun, execution.MapItem, execution.ItemCount, execution.TraceHeader, execution.Input, Seconds(execution.Started));
        SaveMapRuns(writer, turn);
        if (turn.Undone is { } undone) writer.Run("DELETE FROM events WHERE execution = $1 AND id = $2", execution.Sequence, undone);
        foreach (var (id, json) in turn.Events) writer.Run("INSERT INTO events(execution, id, json) VALUES($1, $2, $3)", execution.Sequence, id, json);
        writer.Run(
            "UPDATE executions SET status = $2, stopped = $3, output = $4, error = $5, cause = $6, redrives = $7, redriven = $8, snapshot = $9, segment = $10 WHERE sequence = $1",
            execution.Sequence, turn.Status, turn.Stopped is { } stopped ? Seconds(stopped) : null, turn.Output, turn.Error, turn.Cause, turn.Redrives, turn.Redriven is { } redriven ? Seconds(redriven) : null, turn.Snapshot, turn.Stopped is null ? null : turn.Document?.ToJsonString());
    }

    static void SaveMapRuns(JournalWriter writer, Turn turn)
    {
        foreach (var start in turn.MapRuns)
        {
            writer.Run("INSERT INTO revisions(id, arn, document) VALUES($1, $2, $3)", start.Machine.Revision, start.Machine.Arn, JsonSerializer.Serialize(start.Machine));
            writer.Run("INSERT INTO map_runs(arn, sequence, execution, revision, status, document) VALUES($1, $2, $3, $4, 'RUNNING', $5)",
                start.Run.Arn, turn.MapRunSequences[start.Run.Arn], start.Run.Execution, start.Run.Revision, JsonSerializer.Serialize(start.Run));
        }
        foreach (var (arn, status) in turn.EndedMapRuns) writer.Run("UPDATE map_runs SET status = $2, stopped = $3 WHERE arn = $1 AND status = 'RUNNING'", arn, status, turn.Time);
        if (turn.Execution.MapRun is not { } mapRun || (!turn.IsFirst && turn.Stopped is null)) return;
        writer.Run("UPDATE map_items SET status = $3, output = $4 WHERE run = (SELECT sequence FROM map_runs WHERE arn = $1) AND id = $2", mapRun, turn.Execution.MapItem, turn.Status, turn.Output);
    }

    /// <summary>The execution's last segment document has reached X-Ray.</summary>
    public static void ForgetSegment(JournalWriter writer, long sequence) => writer.Run("UPDATE executions SET segment = NULL WHERE sequence = $1", sequence);

    public static double Seconds(DateTimeOffset time) => Math.Round((time - DateTimeOffset.UnixEpoch).TotalSeconds, 3);
    public static DateTimeOffset Time(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);
}

/// <summary>An execution as the file has it, running or closed.</summary>
public sealed record ExecutionRow(long Sequence, string Arn, string Machine, long Revision, string Name, string Status, double Started)
{
    public const string Columns = "sequence, arn, machine, revision, name, status, started, map_run, items, trace, input, stopped, output, error, cause, redrives, redriven, snapshot, map_item";

    public string? MapRun { get; private init; }
    public long MapItem { get; private init; }
    public long Items { get; private init; }
    public string? Trace { get; private init; }
    public string Input { get; private init; } = "";
    public double? Stopped { get; private init; }
    public string? Output { get; private init; }
    public string? Error { get; private init; }
    public string? Cause { get; private init; }
    public int Redrives { get; private init; }
    public double? Redriven { get; private init; }
    public string? Snapshot { get; private init; }

    public static ExecutionRow Read(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetDouble(6))
    {
        MapRun = Text(row, 7),
        Items = row.GetInt64(8),
        Trace = Text(row, 9),
        Input = row.GetString(10),
        Stopped = row.IsDBNull(11) ? null : row.GetDouble(11),
        Output = Text(row, 12),
        Error = Text(row, 13),
        Cause = Text(row, 14),
        Redrives = row.GetInt32(15),
        Redriven = row.IsDBNull(16) ? null : row.GetDouble(16),
        Snapshot = Text(row, 17),
        MapItem = row.GetInt64(18),
    };

    static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
