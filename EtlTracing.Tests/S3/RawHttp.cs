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
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // A reset ends an answer as well.
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
