using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace EtlTracing.LocalAws.S3;

/// <summary>Reads and writes the XML bodies.</summary>
public static class S3Xml
{
    public static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    const int DeepestXml = 16;
    static readonly XmlWriterSettings s_writing = new()
    {
        Encoding = new UTF8Encoding(false),
        // Keys may hold characters that XML 1.0 forbids; S3 writes them as &#x1; unless encoding-type=url is asked for.
        CheckCharacters = false,
        NewLineHandling = NewLineHandling.Entitize,
    };

    public static byte[] Write(XElement root)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, s_writing))
        {
            writer.WriteProcessingInstruction("xml", "version=\"1.0\" encoding=\"UTF-8\"");
            writer.WriteRaw("\n");
            root.WriteTo(writer);
        }
        return buffer.ToArray();
    }

    /// <summary>
    /// Parses a body whose root is <paramref name="root"/>. Document types, and with them entities, are refused: no S3 body
    /// has them. Elements are taken by local name, because clients disagree about the namespace.
    /// </summary>
    public static XElement Parse(MemoryStream body, params string[] root)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = S3Limits.Xml, CheckCharacters = false };
        try
        {
            CheckDepth(body, settings);
            using var reader = XmlReader.Create(body, settings);
            var parsed = XElement.Load(reader);
            return root.Contains(parsed.Name.LocalName) ? parsed : throw S3Error.MalformedXml();
        }
        catch (XmlException)
        {
            throw S3Error.MalformedXml();
        }
    }

    /// <summary>Values of deep elements are read by recursion, so depth is bounded before; S3's own bodies have five levels.</summary>
    static void CheckDepth(Stream body, XmlReaderSettings settings)
    {
        using (var reader = XmlReader.Create(body, settings))
            while (reader.Read())
                if (reader.Depth > DeepestXml) throw S3Error.MalformedXml();
        body.Position = 0;
    }

    public static IEnumerable<XElement> All(this XElement parent, string name) => parent.Elements().Where(element => element.Name.LocalName == name);

    /// <summary>The text of the child <paramref name="name"/>; null when it is absent.</summary>
    public static string? Text(this XElement parent, string name) => parent.All(name).FirstOrDefault()?.Value;

    /// <summary>An element of S3's namespace; null content leaves it empty.</summary>
    public static XElement Element(string name, params object?[] content) => new(Namespace + name, content);
}
