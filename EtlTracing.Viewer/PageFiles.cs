using System.Security.Cryptography;

namespace EtlTracing.Viewer;

/// <summary>The stylesheet and the script, embedded; their addresses hold a hash, so that a browser may keep them.</summary>
static class PageFiles
{
    static readonly Dictionary<string, (byte[] Bytes, string Type, string Version)> s_files = new()
    {
        ["viewer.css"] = Read("viewer.css", "text/css; charset=utf-8"),
        ["viewer.js"] = Read("viewer.js", "text/javascript; charset=utf-8"),
    };

    public static string Url(string name) => $"/{name}?v={s_files[name].Version}";

    public static void MapPageFiles(this WebApplication app)
    {
        foreach (var (name, (bytes, type, _)) in s_files)
            app.MapGet("/" + name, (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                return Results.Bytes(bytes, type);
            });
    }

    static (byte[], string, string) Read(string name, string type)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return (bytes.ToArray(), type, Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..12]);
    }
}
