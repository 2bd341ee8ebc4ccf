using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ImageBuilderDataProtection.ModuleTests.Faults;

/// <summary>A request as it came.</summary>
/// <param name="Headers">Its headers by name.</param>
/// <param name="Body">Its body.</param>
internal sealed record ProxyRequest(IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Which of the SDK's attempts it is, from 1.</summary>
    public int Attempt => int.Parse(Headers["amz-sdk-request"].Split("attempt=")[1].Split(';')[0], CultureInfo.InvariantCulture);

    /// <summary>Reads a request with a Content-Length, all that the AWS SDK sends; null when the client has closed the connection.</summary>
    public static async Task<ProxyRequest?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (!EndsHead(head))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        byte[] body = new byte[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return new ProxyRequest(headers, body);
    }

    private static bool EndsHead(List<byte> head) =>
        head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}
