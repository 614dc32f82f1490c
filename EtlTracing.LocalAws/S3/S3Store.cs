using System.Text;
using System.Text.Json;
using EtlTracing.LocalAws.S3.Notifications;
using EtlTracing.LocalAws.Storage;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.S3;

/// <summary>
/// Buckets, objects and uploads: rows in SQLite, bytes in files. Each change is one transaction, which also queues the
/// events it causes, so both happen or neither. Errors are S3's own.
/// </summary>
public sealed partial class S3Store : IDisposable
{
    const int Version = 2;

    // Keys are blobs: S3 orders by UTF-8 bytes, which is how SQLite compares blobs, and a key may hold any character, even NUL.
    const string Schema = """
        CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO counters VALUES('run', 0), ('object', 0);
        CREATE TABLE buckets(name TEXT PRIMARY KEY, created INTEGER NOT NULL, location TEXT NOT NULL, notifications TEXT, cors TEXT) WITHOUT ROWID;
        CREATE TABLE objects(id INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
            modified INTEGER NOT NULL, headers TEXT NOT NULL, checksum TEXT, parts INTEGER NOT NULL);
        CREATE UNIQUE INDEX objects_by_key ON objects(bucket, key);
        CREATE TABLE pieces(object INTEGER NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
            checksum TEXT, PRIMARY KEY(object, number)) WITHOUT ROWID;
        CREATE INDEX pieces_by_file ON pieces(file);
        CREATE TABLE uploads(id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, created INTEGER NOT NULL, headers TEXT NOT NULL,
            algorithm TEXT, type TEXT NOT NULL, overtaken INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE INDEX uploads_by_key ON uploads(bucket, key, id);
        CREATE TABLE parts(upload TEXT NOT NULL, number INTEGER NOT NULL, file TEXT, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
            algorithm TEXT NOT NULL, checksum TEXT NOT NULL, PRIMARY KEY(upload, number)) WITHOUT ROWID;
        CREATE INDEX parts_by_file ON parts(file);
        CREATE TABLE completed(upload TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, etags TEXT NOT NULL, object TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE events(id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, body TEXT NOT NULL, trace TEXT NOT NULL,
            created INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL);
        """;

    static readonly Dictionary<int, string> s_upgrades = new() { [1] = "ALTER TABLE uploads ADD COLUMN overtaken INTEGER NOT NULL DEFAULT 0" };

    readonly Database _database;
    readonly LocalCloudOptions _options;
    readonly TimeProvider _time;

    public S3Store(LocalCloudOptions options)
    {
        _options = options;
        _time = options.Time;
        var folder = Path.Combine(options.DataDirectory, "s3");
        _database = new Database(Path.Combine(folder, "s3.db"), Version, Schema, s_upgrades);
        Files = new ObjectFiles(Path.Combine(folder, "objects"), _database.Write(connection => Next(connection, "run")));
        Events = new EventQueue(_database, _time);
    }

    internal ObjectFiles Files { get; }
    internal EventQueue Events { get; }

    /// <summary>Deletes files that no row names: an earlier process died between writing and committing, or between committing and deleting.</summary>
    internal void SweepFiles(CancellationToken cancellationToken)
    {
        using var connection = _database.Open();
        Files.Sweep(name => IsNamed(connection, name), cancellationToken);
    }

    public void Dispose() => _database.Dispose();

    static bool IsNamed(SqliteConnection connection, string file) =>
        connection.Scalar("SELECT EXISTS(SELECT 1 FROM pieces WHERE file=?1) OR EXISTS(SELECT 1 FROM parts WHERE file=?1)", file) is 1L;

    /// <summary>A number that grows for ever: object ids, and so the sequencers of events.</summary>
    static long Next(SqliteConnection connection, string counter) =>
        (long)connection.Scalar("UPDATE counters SET value=value+1 WHERE name=?1 RETURNING value", counter)!;

    long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    static byte[] Blob(string key) => Encoding.UTF8.GetBytes(key);
    static string Text(SqliteDataReader reader, int column) => Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(column));
    static string WriteHeaders(IReadOnlyDictionary<string, string> headers) => JsonSerializer.Serialize(headers);
    static Dictionary<string, string> ReadHeaders(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    const string ObjectColumns = "id, bucket, key, size, etag, modified, headers, checksum, parts";

    static StoredObject ReadObject(SqliteDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Bucket = reader.GetString(1),
        Key = Text(reader, 2),
        Size = reader.GetInt64(3),
        ETag = reader.GetString(4),
        Modified = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
        Headers = ReadHeaders(reader.GetString(6)),
        Checksum = Checksum.Parse(reader.TextOrNull(7)),
        Parts = reader.GetInt32(8),
    };

    static StoredObject? Find(SqliteConnection connection, string bucket, string key) =>
        connection.Query($"SELECT {ObjectColumns} FROM objects WHERE bucket=?1 AND key=?2", ReadObject, bucket, Blob(key)).FirstOrDefault();
}
