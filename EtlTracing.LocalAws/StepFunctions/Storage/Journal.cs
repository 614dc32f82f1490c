using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using DatabaseFile = EtlTracing.LocalAws.Storage.Database;

namespace EtlTracing.LocalAws.StepFunctions.Storage;

/// <summary>
/// The one writer of the file. Whatever waits to be written goes into one transaction, so that a thousand executions
/// share a commit; each writer is told after the commit, so that nothing is acknowledged that a killed process could lose.
/// </summary>
public sealed class Journal : IAsyncDisposable
{
    const int MaxBatch = 512;

    readonly Channel<Entry> _queue = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    readonly SqliteConnection _connection;
    readonly Task _writer;

    public Journal(DatabaseFile database)
    {
        _connection = database.Open();
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Runs the writes in their order among all others, and returns when they are safe.</summary>
    /// <exception cref="SqliteException">They could not be written, and nothing of them was.</exception>
    public Task WriteAsync(Action<JournalWriter> writes)
    {
        var entry = new Entry(writes);
        ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(entry), this);
        return entry.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
        await _connection.DisposeAsync();
    }

    async Task WriteAsync()
    {
        using var writer = new JournalWriter(_connection);
        var batch = new List<Entry>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var entry)) batch.Add(entry);
            if (!TryCommit(writer, batch, out _))
            {
                // One of them can't be written: each gets its own transaction, so that only that one fails.
                foreach (var entry in batch)
                    if (!TryCommit(writer, [entry], out var failure)) entry.Done.TrySetException(failure!);
            }
            foreach (var entry in batch) entry.Done.TrySetResult();
            batch.Clear();
        }
    }

    bool TryCommit(JournalWriter writer, List<Entry> entries, out Exception? failure)
    {
        failure = null;
        try
        {
            using var transaction = _connection.BeginTransaction();
            writer.Transaction = transaction;
            foreach (var entry in entries) entry.Writes(writer);
            transaction.Commit();
            return true;
        }
#pragma warning disable CA1031 // the writer must live on: whoever wanted this written is told instead
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
            return false;
        }
    }

    sealed record Entry(Action<JournalWriter> Writes)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Runs statements inside the journal's transaction; each is prepared once.</summary>
public sealed class JournalWriter(SqliteConnection connection) : IDisposable
{
    readonly Dictionary<string, SqliteCommand> _commands = [];

    internal SqliteTransaction? Transaction { get; set; }

    /// <param name="sql">A constant statement with parameters $1, $2, and so on.</param>
    /// <param name="values">Their values.</param>
    public int Run(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // all callers pass constants
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 1; i <= values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
            _commands[sql] = command;
        }
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.Transaction = Transaction;
        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
    }
}
