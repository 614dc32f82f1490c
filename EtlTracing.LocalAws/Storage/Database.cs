using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.Storage;

/// <summary>
/// One SQLite file per service. Write-ahead logging makes each committed transaction survive the process being killed;
/// a lost power supply may lose the last few, never corrupt the rest (https://www.sqlite.org/wal.html).
/// </summary>
public sealed class Database : IDisposable
{
    static readonly TimeSpan s_longestUse = TimeSpan.FromSeconds(30);

    readonly string _connectionString;
    readonly Lock _writing = new();
    readonly object _closing = new();
    int _open;
    bool _isClosed;

    /// <summary>Opens or makes the file. A file of an older version is brought to this one where there is a way, any other is refused by name.</summary>
    /// <param name="file">Path of the file; its folder is made when missing.</param>
    /// <param name="version">The version of <paramref name="schema"/>, kept in the file's <c>user_version</c>.</param>
    /// <param name="schema">SQL that makes the tables of a new file.</param>
    /// <param name="upgrades">SQL that makes version n + 1 of a file of version n, by n.</param>
    public Database(string file, int version, string schema, IReadOnlyDictionary<int, string>? upgrades = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString();
        using var connection = Open();
        Execute(connection, "PRAGMA journal_mode=WAL");
        using var transaction = connection.BeginTransaction();
        var found = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (found == 0) Execute(connection, schema);
        else for (; found < version && upgrades?.GetValueOrDefault(found) is { } upgrade; found++) Execute(connection, upgrade);
        if (found == 0 || found == version) Execute(connection, $"PRAGMA user_version={version.ToString(CultureInfo.InvariantCulture)}");
        else
            throw new InvalidDataException($"{file} was written by version {found} of the local cloud's format, this is version {version}: move it away or choose another --data folder");
        transaction.Commit();
    }

    /// <summary>A pooled connection; dispose it soon.</summary>
    public SqliteConnection Open()
    {
        lock (_closing)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _open++;
        }
        var connection = new SqliteConnection(_connectionString);
        connection.Disposed += Closed;
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA synchronous=NORMAL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Waits for whoever still reads or writes, then closes all files: nobody opens them again.</summary>
    public void Dispose()
    {
        lock (_closing)
        {
            _isClosed = true;
            while (_open > 0 && Monitor.Wait(_closing, s_longestUse)) { }
        }
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    void Closed(object? connection, EventArgs e)
    {
        ((SqliteConnection)connection!).Disposed -= Closed;
        lock (_closing)
        {
            _open--;
            Monitor.PulseAll(_closing);
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction that is committed when it returns and rolled back when it throws.
    /// SQLite has one writer at a time; waiting here is fair and costs microseconds, its own busy wait is neither.
    /// </summary>
    public T Write<T>(Func<SqliteConnection, T> work)
    {
        lock (_writing)
        {
            using var connection = Open();
            using var transaction = connection.BeginTransaction();
            var result = work(connection);
            transaction.Commit();
            return result;
        }
    }

    /// <inheritdoc cref="Write{T}"/>
    public void Write(Action<SqliteConnection> work) => Write(connection =>
    {
        work(connection);
        return true;
    });

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
