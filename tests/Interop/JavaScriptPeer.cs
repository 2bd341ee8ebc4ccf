using System.Diagnostics;
using System.Reflection;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>
/// A JavaScript library in a node process of its own, asked over standard input and output, one JSON object a line.
/// </summary>
public sealed class JavaScriptPeer : IDisposable
{
    private readonly Process _node;

    private JavaScriptPeer(Process node) => _node = node;

    // Told by the project file: the path of a source file is not what it says in a deterministic build.
    private static string Folder { get; } = typeof(JavaScriptPeer).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static one => one.Key == "InteropFolder").Value!;

    private static string? MissingNode { get; } = FindMissingNode();

    private static string? MissingChromium => File.Exists(Environment.GetEnvironmentVariable("IB_CHROMIUM") ?? "/usr/bin/chromium")
        ? null
        : "Chromium is not installed (Debian's package chromium), nor named by IB_CHROMIUM";

    /// <summary>Why there is no such peer on this machine; null when there is one.</summary>
    public static string? WhatIsMissing(PeerLibrary library)
    {
        (string package, string name, _) = Describe(library);
        return MissingNode ?? (library == PeerLibrary.Browser ? MissingChromium : null) ?? (Directory.Exists(Path.Combine([Folder, "node_modules", .. package.Split('/')]))
            ? null
            : $"{name} is not installed: run npm ci in tests/Interop");
    }

    /// <summary>Starts the peer.</summary>
    public static JavaScriptPeer Start(PeerLibrary library)
    {
        var start = new ProcessStartInfo("node", [Describe(library).Script])
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
            _node.Kill(entireProcessTree: true);
        }

        _node.Dispose();
    }

    private static (string Package, string Name, string Script) Describe(PeerLibrary library) => library switch
    {
        PeerLibrary.EncryptionSdk => ("@aws-crypto/client-node", "the JavaScript Encryption SDK", "peer.mjs"),
        PeerLibrary.KmsClient => ("@aws-sdk/client-kms", "the KMS client of the JavaScript AWS SDK", "kms-peer.mjs"),
        PeerLibrary.Browser => ("playwright-core", "playwright-core", "browser-peer.mjs"),
        _ => ("@cloud-copilot/iam-simulate", "the policy simulator iam-simulate", "policy-peer.mjs"),
    };

    private static string? FindMissingNode()
    {
        try
        {
            using Process node = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
            node.WaitForExit();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "node is not installed";
        }
    }
}
