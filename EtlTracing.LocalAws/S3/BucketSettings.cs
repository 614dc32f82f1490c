using System.Text;
using EtlTracing.LocalAws.S3.Notifications;

namespace EtlTracing.LocalAws.S3;

/// <summary>Configurations of buckets; and what a client gets that asks for one which no bucket here can have.</summary>
sealed class BucketSettings(S3Store store, TimeProvider time)
{
    public Task GetNotificationsAsync(S3Request request) =>
        Stored(request, store.Bucket(request.Bucket).Notifications) ?? request.XmlAsync(S3Xml.Element("NotificationConfiguration"));

    public async Task PutNotificationsAsync(S3Request request)
    {
        store.Bucket(request.Bucket);
        using var body = await S3Body.SmallAsync(request);
        var root = S3Xml.Parse(body, "NotificationConfiguration");
        NotificationConfiguration.Read(root);
        var normal = NotificationConfiguration.Normalize(root);
        var xml = Encoding.UTF8.GetString(S3Xml.Write(normal));
        var configuration = NotificationConfiguration.Parse(xml);
        // S3 tells queues and topics that they are configured; functions hear of real events only.
        var now = time.GetUtcNow();
        var tests = configuration.Targets.Where(target => !target.IsFunction)
            .Select(target => new QueuedEvent(target.Url, EventMessage.Test(request.Bucket, now, request.Cause), EventMessage.NewTrace(now)));
        store.SetNotifications(request.Bucket, configuration.Targets.Count == 0 ? null : xml, tests);
        await request.Empty();
    }

    public Task GetCorsAsync(S3Request request) =>
        Stored(request, store.Bucket(request.Bucket).Cors) ?? throw S3Error.NoSuchConfiguration("NoSuchCORSConfiguration", "The CORS configuration does not exist", request.Bucket);

    public async Task PutCorsAsync(S3Request request)
    {
        store.Bucket(request.Bucket);
        using var body = await S3Body.SmallAsync(request, digestRequired: true);
        var root = S3Xml.Parse(body, "CORSConfiguration");
        CorsConfiguration.Read(root);
        store.SetCors(request.Bucket, Encoding.UTF8.GetString(S3Xml.Write(CorsConfiguration.Normalize(root))));
        await request.Empty();
    }

    public Task DeleteCorsAsync(S3Request request)
    {
        store.SetCors(request.Bucket, null);
        return request.Empty(204);
    }

    /// <summary>No bucket here was ever versioned, which S3 says with nothing.</summary>
    public Task GetVersioningAsync(S3Request request)
    {
        store.Bucket(request.Bucket);
        return request.XmlAsync(S3Xml.Element("VersioningConfiguration"));
    }

    /// <summary>The owner may do everything.</summary>
    public Task GetAclAsync(S3Request request)
    {
        store.Bucket(request.Bucket);
        if (request.Key.Length > 0 && store.Find(request.Bucket, request.Key) is null) throw S3Error.NoSuchKey(request.Key);
        System.Xml.Linq.XNamespace instance = "http://www.w3.org/2001/XMLSchema-instance";
        var grantee = S3Answer.Owner("Grantee");
        grantee.Add(new System.Xml.Linq.XAttribute(System.Xml.Linq.XNamespace.Xmlns + "xsi", instance.NamespaceName), new System.Xml.Linq.XAttribute(instance + "type", "CanonicalUser"));
        return request.XmlAsync(S3Xml.Element("AccessControlPolicy", S3Answer.Owner(), S3Xml.Element("AccessControlList", S3Xml.Element("Grant", grantee, S3Xml.Element("Permission", "FULL_CONTROL")))));
    }

    public Task GetObjectTagsAsync(S3Request request)
    {
        if (store.Find(request.Bucket, request.Key) is null) throw S3Error.NoSuchKey(request.Key);
        return request.XmlAsync(S3Xml.Element("Tagging", S3Xml.Element("TagSet")));
    }

    /// <summary>What S3 says of a bucket on which nobody has set anything; nobody can here.</summary>
    public Func<S3Request, Task> DefaultAsync(System.Xml.Linq.XElement answer) => request =>
    {
        store.Bucket(request.Bucket);
        return request.XmlAsync(answer);
    };

    public Func<S3Request, Task> AbsentAsync(string code, string message) => request =>
    {
        store.Bucket(request.Bucket);
        throw S3Error.NoSuchConfiguration(code, message, request.Bucket);
    };

    static Task? Stored(S3Request request, string? xml) =>
        xml is null ? null : request.XmlAsync(System.Xml.Linq.XElement.Parse(xml));
}
