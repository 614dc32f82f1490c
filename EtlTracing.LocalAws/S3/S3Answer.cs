using System.Globalization;
using System.Xml.Linq;

namespace EtlTracing.LocalAws.S3;

/// <summary>Forms that answers share.</summary>
static class S3Answer
{
    /// <summary>The canonical id of the account's owner.</summary>
    public const string OwnerId = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

    public static async Task XmlAsync(this S3Request request, XElement root, int status = 200)
    {
        var body = S3Xml.Write(root);
        var response = request.Context.Response;
        response.StatusCode = status;
        response.ContentType = "application/xml";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, request.Aborted);
    }

    public static Task Empty(this S3Request request, int status = 200)
    {
        request.Context.Response.StatusCode = status;
        if (status != 204) request.Context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>Since November 2025 owners have no display name; who started an upload still has one.</summary>
    public static XElement Owner(string name = "Owner") => S3Xml.Element(name, S3Xml.Element("ID", OwnerId));

    public static XElement Initiator() => S3Xml.Element("Initiator", S3Xml.Element("ID", OwnerId), S3Xml.Element("DisplayName", "local"));

    /// <summary>S3 keeps times to the second and writes them with three zeros.</summary>
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.000Z'", CultureInfo.InvariantCulture);

    public static string HttpDate(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);

    public static string Boolean(bool value) => value ? "true" : "false";
}
