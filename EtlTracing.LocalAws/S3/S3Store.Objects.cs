using EtlTracing.LocalAws.S3.Checksums;
using EtlTracing.LocalAws.S3.Notifications;
using EtlTracing.LocalAws.Storage;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.S3;

/// <summary>What a new object is made of, once its bytes are in.</summary>
public sealed record NewObject
{
    public required string Bucket { get; init; }
    public required string Key { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }
    public WriteCondition Condition { get; init; } = WriteCondition.None;

    /// <summary>Who asked for it, for the event; null in process.</summary>
    public EventCause? Cause { get; init; }
}

public sealed partial class S3Store
{
    /// <summary>Null when there is no such object.</summary>
    /// <exception cref="S3Exception">NoSuchBucket.</exception>
    public StoredObject? Find(string bucket, string key)
    {
        using var connection = _database.Open();
        if (Find(connection, bucket, key) is { } found) return found;
        Bucket(connection, bucket);
        return null;
    }

    /// <summary>Opens an object for reading; its bytes stay readable until the reader is disposed.</summary>
    /// <exception cref="S3Exception">NoSuchBucket or NoSuchKey.</exception>
    public ObjectReader OpenRead(string bucket, string key)
    {
        using var connection = _database.Open();
        // A delete between the look-up and the lease takes the files away; then the row is gone as well, and we look again.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (Find(connection, bucket, key) is not { } found)
            {
                Bucket(connection, bucket);
                throw S3Error.NoSuchKey(key);
            }
            var pieces = Pieces(connection, found.Id);
            var lease = Files.Lease([.. pieces.Select(piece => piece.File).Distinct()]);
            if (Exists(connection, found.Id)) return new ObjectReader(found, pieces, Files, lease);
            lease.Dispose();
        }
        throw S3Error.InternalError();
    }

    /// <summary>Puts an object from a stream, as PutObject does; for use in the same process.</summary>
    public async Task<StoredObject> PutAsync(string bucket, string key, Stream body, string contentType = "binary/octet-stream", CancellationToken cancellationToken = default)
    {
        using var intake = await Intake.ReadAsync(Files, body, [ChecksumAlgorithm.Crc64Nvme], S3Limits.Put, size => S3Error.EntityTooLarge(size, S3Limits.Put), cancellationToken);
        return Put(new NewObject { Bucket = bucket, Key = key, Headers = new Dictionary<string, string> { ["content-type"] = contentType } }, intake, ChecksumAlgorithm.Crc64Nvme);
    }

    /// <summary>Makes what came in visible as an object, replacing an older one of the same key.</summary>
    internal StoredObject Put(NewObject request, Intake intake, ChecksumAlgorithm algorithm)
    {
        var checksum = new Checksum(algorithm, intake.Checksums[algorithm], ChecksumAlgorithm.FullObject);
        var pieces = intake.File is null ? [] : new[] { new Piece(1, intake.File, intake.Size, intake.ETag, null) };
        return Commit(request, "ObjectCreated:Put", intake.ETag, checksum, 0, pieces, kept: intake.Keep);
    }

    /// <summary>Makes a copy that shares the source's files; <paramref name="source"/> still holds its lease on them.</summary>
    internal StoredObject Copy(NewObject request, ObjectReader source, string etag, Checksum checksum) =>
        Commit(request, "ObjectCreated:Copy", etag, checksum, 0, source.Pieces, before: connection =>
        {
            // Deleted while we were reading: its files go with our lease, so nothing may name them any more.
            if (!Exists(connection, source.Object.Id)) throw S3Error.NoSuchKey(source.Object.Key);
        });

    /// <summary>Deletes an object; it is no error when there is none.</summary>
    internal bool Delete(string bucket, string key, WriteCondition condition, EventCause? cause)
    {
        List<string> files = [];
        var deleted = _database.Write(connection =>
        {
            var owner = Bucket(connection, bucket);
            var existing = Find(connection, bucket, key);
            condition.Check(existing, key);
            if (existing is null) return false;
            files = RemoveRows(connection, existing.Id);
            Overtake(connection, bucket, key);
            if (cause is not null) Events.Add(connection, owner, existing with { Id = Next(connection, "object") }, "ObjectRemoved:Delete", cause, _options);
            return true;
        });
        Files.Delete(files);
        if (deleted) Events.Wake();
        return deleted;
    }

    StoredObject Commit(NewObject request, string eventName, string etag, Checksum? checksum, int parts, IReadOnlyList<Piece> pieces,
        Action<SqliteConnection>? before = null, Action? kept = null, Action<SqliteConnection, StoredObject>? after = null)
    {
        List<string> replaced = [];
        var stored = _database.Write(connection =>
        {
            var bucket = Bucket(connection, request.Bucket);
            var existing = Find(connection, request.Bucket, request.Key);
            request.Condition.Check(existing, request.Key);
            before?.Invoke(connection);
            var stored = new StoredObject
            {
                Id = Next(connection, "object"),
                Bucket = request.Bucket,
                Key = request.Key,
                Size = pieces.Sum(piece => piece.Size),
                ETag = etag,
                Modified = _time.GetUtcNow(),
                Headers = request.Headers,
                Checksum = checksum,
                Parts = parts,
            };
            Insert(connection, stored, pieces);
            after?.Invoke(connection, stored);
            Overtake(connection, request.Bucket, request.Key);
            // After the new rows: a copy onto itself goes on using the files.
            if (existing is not null) replaced = RemoveRows(connection, existing.Id);
            connection.Execute($"INSERT INTO objects({ObjectColumns}) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", stored.Id, stored.Bucket, Blob(stored.Key), stored.Size, stored.ETag,
                stored.Modified.ToUnixTimeMilliseconds(), WriteHeaders(stored.Headers), stored.Checksum?.ToString(), stored.Parts);
            if (request.Cause is not null) Events.Add(connection, bucket, stored, eventName, request.Cause, _options);
            return stored;
        });
        kept?.Invoke();
        Files.Delete(replaced);
        Events.Wake();
        return stored;
    }

    static void Insert(SqliteConnection connection, StoredObject stored, IReadOnlyList<Piece> pieces)
    {
        foreach (var piece in pieces)
            connection.Execute("INSERT INTO pieces(object, number, file, size, etag, checksum) VALUES(?1,?2,?3,?4,?5,?6)", stored.Id, piece.Number, piece.File, piece.Size, piece.ETag, piece.Checksum);
    }

    /// <summary>Returns the files that nothing names any more.</summary>
    static List<string> RemoveRows(SqliteConnection connection, long id)
    {
        var files = connection.Query("SELECT DISTINCT file FROM pieces WHERE object=?1", reader => reader.GetString(0), id);
        connection.Execute("DELETE FROM pieces WHERE object=?1", id);
        connection.Execute("DELETE FROM objects WHERE id=?1", id);
        return [.. files.Where(file => !IsNamed(connection, file))];
    }

    static bool Exists(SqliteConnection connection, long id) => connection.Scalar("SELECT EXISTS(SELECT 1 FROM objects WHERE id=?1)", id) is 1L;

    static List<Piece> Pieces(SqliteConnection connection, long id) =>
        connection.Query("SELECT number, file, size, etag, checksum FROM pieces WHERE object=?1 ORDER BY number",
            reader => new Piece(reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.TextOrNull(4)), id);
}
