using System.Net.Sockets;
using System.Text;

namespace EtlTracing.Tests.S3;

/// <summary>Sends bytes that no client would send, and reads the answer to its end.</summary>
static class RawHttp
{
    public static Task<string> SendAsync(Uri endpoint, string text, bool thenEnd = false) => SendAsync(endpoint, Encoding.Latin1.GetBytes(text), thenEnd);

    public static async Task<string> SendAsync(Uri endpoint, byte[] bytes, bool thenEnd = false)
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await client.ConnectAsync(endpoint.Host, endpoint.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(bytes, limit.Token);
        if (thenEnd) client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            return await reader.ReadToEndAsync(limit.Token);
        }
        catch (IOException)
        {
            // Reset: the server had nothing to say.
            return "";
        }
    }
}
