using EtlTracing.LocalAws.S3.Notifications;
using EtlTracing.LocalAws.Storage;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.S3;

public sealed record StoredBucket(string Name, DateTimeOffset Created, string Location, string? Notifications, string? Cors)
{
    /// <summary>EU is an old name of a region, and is given back to who asks for the location.</summary>
    public string Region => Location == "EU" ? "eu-west-1" : Location;
}

public sealed partial class S3Store
{
    /// <summary>All buckets by name.</summary>
    public IReadOnlyList<StoredBucket> Buckets()
    {
        using var connection = _database.Open();
        return connection.Query("SELECT name, created, location, notifications, cors FROM buckets ORDER BY name", ReadBucket);
    }

    /// <exception cref="S3Exception">NoSuchBucket.</exception>
    public StoredBucket Bucket(string name)
    {
        using var connection = _database.Open();
        return Bucket(connection, name);
    }

    public void CreateBucket(string name, string? location = null) => _database.Write(connection =>
    {
        if (connection.Execute("INSERT OR IGNORE INTO buckets(name, created, location) VALUES(?1, ?2, ?3)", name, Now(), location ?? _options.Region) == 0)
            throw S3Error.BucketAlreadyOwnedByYou(name);
    });

    /// <summary>Deletes an empty bucket; unfinished uploads go with it.</summary>
    public void DeleteBucket(string name)
    {
        var files = _database.Write(connection =>
        {
            Bucket(connection, name);
            if (connection.Scalar("SELECT EXISTS(SELECT 1 FROM objects WHERE bucket=?1)", name) is 1L) throw S3Error.BucketNotEmpty(name);
            var files = connection.Query("SELECT file FROM parts WHERE file IS NOT NULL AND upload IN (SELECT id FROM uploads WHERE bucket=?1)", reader => reader.GetString(0), name);
            connection.Execute("DELETE FROM parts WHERE upload IN (SELECT id FROM uploads WHERE bucket=?1)", name);
            connection.Execute("DELETE FROM uploads WHERE bucket=?1", name);
            connection.Execute("DELETE FROM buckets WHERE name=?1", name);
            return files;
        });
        Files.Delete(files);
    }

    /// <summary>Replaces the notification configuration, as XML; null for none.</summary>
    internal void SetNotifications(string bucket, string? xml, IEnumerable<QueuedEvent> tests)
    {
        _database.Write(connection =>
        {
            if (connection.Execute("UPDATE buckets SET notifications=?2 WHERE name=?1", bucket, xml) == 0) throw S3Error.NoSuchBucket(bucket);
            foreach (var test in tests) Events.Add(connection, test);
        });
        Events.Wake();
    }

    public void SetCors(string bucket, string? xml) => _database.Write(connection =>
    {
        if (connection.Execute("UPDATE buckets SET cors=?2 WHERE name=?1", bucket, xml) == 0) throw S3Error.NoSuchBucket(bucket);
    });

    static StoredBucket Bucket(SqliteConnection connection, string name) =>
        connection.Query("SELECT name, created, location, notifications, cors FROM buckets WHERE name=?1", ReadBucket, name).FirstOrDefault() ?? throw S3Error.NoSuchBucket(name);

    static StoredBucket ReadBucket(SqliteDataReader reader) =>
        new(reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetString(2), reader.TextOrNull(3), reader.TextOrNull(4));
}
