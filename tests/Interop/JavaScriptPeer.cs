using System.Diagnostics;
using System.Reflection;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>
/// The JavaScript Encryption SDK in a node process of its own (peer.mjs), asked over standard input and output, one JSON
/// object a line.
/// </summary>
public sealed class JavaScriptPeer : IDisposable
{
    private readonly Process _node;

    private JavaScriptPeer(Process node) => _node = node;

    // Told by the project file: the path of a source file is not what it says in a deterministic build.
    private static string Folder { get; } = typeof(JavaScriptPeer).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static one => one.Key == "InteropFolder").Value!;

    /// <summary>Why there is no peer on this machine; null when there is one.</summary>
    public static string? Missing { get; } = FindWhatIsMissing();

    /// <summary>Starts the peer.</summary>
    public static JavaScriptPeer Start()
    {
        var start = new ProcessStartInfo("node", ["peer.mjs"])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        return new JavaScriptPeer(Process.Start(start)!);
    }

    /// <summary>Asks once; throws <see cref="JavaScriptPeerException"/> where the peer refuses.</summary>
    public JObject Ask(object request)
    {
        _node.StandardInput.WriteLine(JsonConvert.SerializeObject(request));
        _node.StandardInput.Flush();
        string line = _node.StandardOutput.ReadLine() ?? throw new JavaScriptPeerException("the peer has ended");
        using var reader = new JsonTextReader(new StringReader(line)) { DateParseHandling = DateParseHandling.None };
        JObject answer = JObject.Load(reader);
        return answer["error"] is JToken error ? throw new JavaScriptPeerException((string)error!) : answer;
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        if (!_node.WaitForExit(5000))
        {
            _node.Kill();
        }

        _node.Dispose();
    }

    private static string? FindWhatIsMissing()
    {
        try
        {
            using Process node = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
            node.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "node is not installed";
        }

        return Directory.Exists(Path.Combine(Folder, "node_modules", "@aws-crypto", "client-node"))
            ? null
            : "the JavaScript Encryption SDK is not installed: run npm ci in tests/Interop";
    }
}
