using System.Globalization;
using System.Security.Cryptography;
using EtlTracing.LocalAws.S3.Checksums;
using EtlTracing.LocalAws.Storage;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.S3;

/// <summary>A multipart upload under way. Without an algorithm of its own it gets S3's default, CRC64NVME over the whole object.</summary>
public sealed record StoredUpload(string Id, string Bucket, string Key, DateTimeOffset Created, IReadOnlyDictionary<string, string> Headers, ChecksumAlgorithm? Algorithm, string ChecksumType)
{
    public ChecksumAlgorithm EffectiveAlgorithm => Algorithm ?? ChecksumAlgorithm.Crc64Nvme;
}

public sealed record StoredPart(int Number, string? File, long Size, string ETag, DateTimeOffset Modified, ChecksumAlgorithm Algorithm, string Checksum);

public sealed partial class S3Store
{
    static readonly TimeSpan s_completedUploadsAreKnown = TimeSpan.FromDays(1);
    long _uploads;

    internal StoredUpload CreateUpload(string bucket, string key, IReadOnlyDictionary<string, string> headers, ChecksumAlgorithm? algorithm, string type)
    {
        // Uploads of a key are listed in the order of their start, so the id begins with it.
        var started = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var id = string.Create(CultureInfo.InvariantCulture, $"{started:x12}{Interlocked.Increment(ref _uploads) & 0xFFFFFF:x6}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(23))}");
        var upload = new StoredUpload(id, bucket, key, _time.GetUtcNow(), headers, algorithm, type);
        _database.Write(connection =>
        {
            Bucket(connection, bucket);
            connection.Execute("INSERT INTO uploads(id, bucket, key, created, headers, algorithm, type) VALUES(?1,?2,?3,?4,?5,?6,?7)", upload.Id, bucket, Blob(key),
                upload.Created.ToUnixTimeMilliseconds(), WriteHeaders(headers), algorithm?.Name, type);
        });
        return upload;
    }

    /// <exception cref="S3Exception">NoSuchUpload.</exception>
    internal StoredUpload Upload(string bucket, string key, string id)
    {
        using var connection = _database.Open();
        return Upload(connection, bucket, key, id);
    }

    /// <summary>Adds a part, or replaces the one of its number.</summary>
    internal StoredPart PutPart(string bucket, string key, string uploadId, int number, Intake intake, ChecksumAlgorithm algorithm)
    {
        var part = new StoredPart(number, intake.File, intake.Size, intake.ETag, _time.GetUtcNow(), algorithm, intake.Checksums[algorithm]);
        var replaced = _database.Write(connection =>
        {
            Upload(connection, bucket, key, uploadId);
            var replaced = connection.Query("SELECT file FROM parts WHERE upload=?1 AND number=?2 AND file IS NOT NULL", reader => reader.GetString(0), uploadId, number);
            connection.Execute("INSERT OR REPLACE INTO parts(upload, number, file, size, etag, modified, algorithm, checksum) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
                uploadId, number, part.File, part.Size, part.ETag, part.Modified.ToUnixTimeMilliseconds(), algorithm.Name, part.Checksum);
            return replaced;
        });
        intake.Keep();
        Files.Delete(replaced);
        return part;
    }

    internal IReadOnlyList<StoredPart> PartsOf(StoredUpload upload, int after, int count)
    {
        using var connection = _database.Open();
        return PartsOf(connection, upload.Id, after, count);
    }

    internal void Abort(string bucket, string key, string id) => Files.Delete(_database.Write(connection =>
    {
        Upload(connection, bucket, key, id);
        return RemoveUpload(connection, id);
    }));

    /// <summary>Aborts uploads that were started before <paramref name="time"/>; returns how many.</summary>
    public int AbortUploadsBefore(DateTimeOffset time)
    {
        var old = _database.Write(connection => connection.Query("SELECT id FROM uploads WHERE created < ?1", reader => reader.GetString(0), time.ToUnixTimeMilliseconds())
            .ConvertAll(id => RemoveUpload(connection, id)));
        foreach (var files in old) Files.Delete(files);
        return old.Count;
    }

    /// <summary>A page of unfinished uploads in S3's order: by key, then by id.</summary>
    internal UploadPage ListUploads(UploadQuery query)
    {
        using var connection = _database.Open();
        Bucket(connection, query.Bucket);
        // An id that is known as another key's can't be a place in the list; one that is unknown may have been completed since.
        if (query.IdMarker.Length > 0 && connection.Scalar("SELECT key FROM uploads WHERE id=?1", query.IdMarker) is byte[] owner && !owner.AsSpan().SequenceEqual(Blob(query.KeyMarker)))
            throw S3Error.InvalidArgument("Invalid uploadId marker", "upload-id-marker", query.IdMarker);
        var prefix = Blob(query.Prefix);
        // Unfinished uploads are few; all that follow the marker are read.
        var after = query.IdMarker.Length > 0 ? "(key > ?4 OR (key = ?4 AND id > ?5))" : "(key > ?4 AND ?5 IS NOT NULL)";
        var found = connection.Query($"SELECT {UploadColumns} FROM uploads WHERE bucket=?1 AND substr(key, 1, ?2)=?3 AND {after} ORDER BY key, id",
            ReadUpload, query.Bucket, prefix.Length, prefix, Blob(query.KeyMarker), query.IdMarker);
        var (uploads, prefixes) = (new List<StoredUpload>(), new List<string>());
        var (lastKey, lastId) = ("", "");
        foreach (var upload in found)
        {
            var common = query.Delimiter.Length > 0 && upload.Key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal) is var at and >= 0 ? upload.Key[..(at + query.Delimiter.Length)] : null;
            if (common is not null && (query.KeyMarker.StartsWith(common, StringComparison.Ordinal) || (prefixes.Count > 0 && prefixes[^1] == common))) continue;
            if (uploads.Count + prefixes.Count == query.Count) return new UploadPage(uploads, prefixes, query.Count > 0, lastKey, lastId);
            if (common is not null) prefixes.Add(common);
            else uploads.Add(upload);
            (lastKey, lastId) = common is not null ? (common, "") : (upload.Key, upload.Id);
        }
        // S3 names the end of the last page too, by its last upload.
        return new UploadPage(uploads, prefixes, false, uploads.LastOrDefault()?.Key ?? "", uploads.LastOrDefault()?.Id ?? "");
    }

    /// <summary>
    /// Turns parts into an object: rows change, bytes stay where they are. <paramref name="choose"/> checks the client's list
    /// against the parts and says which are used, and the whole's eTag and checksum.
    /// </summary>
    internal StoredObject Complete(NewObject request, StoredUpload upload, string etags, Func<IReadOnlyDictionary<int, StoredPart>, Assembly> choose)
    {
        Assembly? assembly = null;
        List<string> unused = [];
        IReadOnlyDictionary<int, StoredPart> parts;
        using (var connection = _database.Open()) parts = PartsOf(connection, upload.Id, 0, S3Limits.Parts).ToDictionary(part => part.Number);
        assembly = choose(parts);
        var pieces = assembly.Parts.Where(part => part.File is not null).Select(part => new Piece(part.Number, part.File!, part.Size, part.ETag, upload.Algorithm is null ? null : part.Checksum)).ToList();
        var stored = Commit(request, "ObjectCreated:CompleteMultipartUpload", assembly.ETag, assembly.Checksum, assembly.Parts.Count, pieces,
            before: connection =>
            {
                Upload(connection, upload.Bucket, upload.Key, upload.Id);
                if (connection.Scalar("SELECT overtaken FROM uploads WHERE id=?1", upload.Id) is 1L) request.Condition.CheckNotOvertaken(request.Key);
                // A part that was replaced since we chose: the client's list is out of date.
                foreach (var part in assembly.Parts)
                    if (connection.Scalar("SELECT file FROM parts WHERE upload=?1 AND number=?2", upload.Id, part.Number) as string != part.File)
                        throw S3Error.InvalidPart(upload.Id, part.Number, part.ETag);
            },
            after: (connection, stored) =>
            {
                unused = RemoveUpload(connection, upload.Id);
                connection.Execute("DELETE FROM completed WHERE at < ?1", (_time.GetUtcNow() - s_completedUploadsAreKnown).ToUnixTimeMilliseconds());
                connection.Execute("INSERT INTO completed(upload, bucket, key, etags, object, at) VALUES(?1,?2,?3,?4,?5,?6)", upload.Id, upload.Bucket, Blob(upload.Key), etags,
                    $"{stored.ETag} {stored.Checksum}", Now());
            });
        Files.Delete(unused);
        return stored;
    }

    /// <summary>The eTag and checksum of what an earlier, equal completion made: clients repeat one whose answer was lost.</summary>
    internal (string ETag, Checksum? Checksum)? Completed(string bucket, string key, string uploadId, string etags)
    {
        using var connection = _database.Open();
        return connection.Scalar("SELECT object FROM completed WHERE upload=?1 AND bucket=?2 AND key=?3 AND etags=?4", uploadId, bucket, Blob(key), etags) is string made
            && made.Split(' ', 2) is [var etag, var checksum] ? (etag, Checksum.Parse(checksum)) : null;
    }

    /// <summary>A key was written or deleted: conditions of uploads of it that were started before can't succeed any more.</summary>
    static void Overtake(SqliteConnection connection, string bucket, string key) =>
        connection.Execute("UPDATE uploads SET overtaken=1 WHERE bucket=?1 AND key=?2", bucket, Blob(key));

    const string UploadColumns = "id, bucket, key, created, headers, algorithm, type";

    static StoredUpload ReadUpload(SqliteDataReader reader) => new(reader.GetString(0), reader.GetString(1), Text(reader, 2), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
        ReadHeaders(reader.GetString(4)), ChecksumAlgorithm.Find(reader.TextOrNull(5)), reader.GetString(6));

    static StoredUpload Upload(SqliteConnection connection, string bucket, string key, string id)
    {
        Bucket(connection, bucket);
        return connection.Query($"SELECT {UploadColumns} FROM uploads WHERE id=?1 AND bucket=?2 AND key=?3", ReadUpload, id, bucket, Blob(key)).FirstOrDefault() ?? throw S3Error.NoSuchUpload(id);
    }

    static List<StoredPart> PartsOf(SqliteConnection connection, string upload, int after, int count) => connection.Query(
        "SELECT number, file, size, etag, modified, algorithm, checksum FROM parts WHERE upload=?1 AND number>?2 ORDER BY number LIMIT ?3",
        reader => new StoredPart(reader.GetInt32(0), reader.TextOrNull(1), reader.GetInt64(2), reader.GetString(3), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
            ChecksumAlgorithm.Find(reader.GetString(5))!, reader.GetString(6)), upload, after, count);

    /// <summary>Returns the files that nothing names any more.</summary>
    static List<string> RemoveUpload(SqliteConnection connection, string id)
    {
        var files = connection.Query("SELECT file FROM parts WHERE upload=?1 AND file IS NOT NULL", reader => reader.GetString(0), id);
        connection.Execute("DELETE FROM parts WHERE upload=?1", id);
        connection.Execute("DELETE FROM uploads WHERE id=?1", id);
        return [.. files.Where(file => !IsNamed(connection, file))];
    }
}

/// <summary>The parts that make an object, in order, with the eTag and checksum of the whole.</summary>
sealed record Assembly(IReadOnlyList<StoredPart> Parts, string ETag, Checksum? Checksum);

sealed record UploadQuery(string Bucket, string Prefix, string Delimiter, string KeyMarker, string IdMarker, int Count);

sealed record UploadPage(IReadOnlyList<StoredUpload> Uploads, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string NextKey, string NextId);
