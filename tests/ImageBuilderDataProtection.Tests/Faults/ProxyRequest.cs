using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ImageBuilderDataProtection.ModuleTests.Faults;

/// <summary>A request as it came.</summary>
/// <param name="Headers">Its headers by name.</param>
/// <param name="Body">Its body.</param>
internal sealed record ProxyRequest(IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private const int MaxBytes = 32 * 1024;

    /// <summary>Which of the SDK's attempts it is, from 1.</summary>
    public int Attempt => int.Parse(Headers["amz-sdk-request"].Split("attempt=")[1].Split(';')[0], CultureInfo.InvariantCulture);

    /// <summary>Reads a request with a Content-Length, all that the AWS SDK sends; null when the client has closed the connection.</summary>
    public static async Task<ProxyRequest?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        // Clients wait for the answer before they send more, so what is read belongs to this request.
        byte[] buffer = new byte[MaxBytes];
        int length = 0;
        int headLength;
        while ((headLength = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            length += read;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in Encoding.ASCII.GetString(buffer, 0, headLength).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        int start = headLength + 4;
        int end = start + int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture);
        await stream.ReadExactlyAsync(buffer.AsMemory(length, end - length), cancellationToken);
        return new ProxyRequest(headers, buffer[start..end]);
    }
}
