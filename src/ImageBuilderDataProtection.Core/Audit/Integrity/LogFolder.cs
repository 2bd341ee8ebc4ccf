using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// A folder with a copy of CloudTrail's files, as <c>aws s3 sync</c> makes it. Such a copy has no object metadata, so the
/// signature of a digest file stands in a file beside it: its name with <c>.metadata.json</c> after it, with what
/// <c>aws s3api head-object</c> prints, <c>{"Metadata":{"signature":"…","signature-algorithm":"SHA256withRSA"}}</c>.
/// </summary>
internal sealed class LogFolder(string root) : ILogStore
{
    private const int MaxSignatureFileBytes = 64 * 1024;

    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc />
    public string? Bucket => null;

    /// <inheritdoc />
    public (string Place, string Advice) Signatures => (
        "beside it", $"save it with \"aws s3api head-object\" beside the file, as its name with {DigestName.SignatureSuffix} after it");

    /// <inheritdoc />
    public IEnumerable<string> Names(bool digestsOnly, Action<string, string> onUnreadable, CancellationToken cancellationToken)
    {
        var folders = new Stack<string>([""]);
        while (folders.TryPop(out string? folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (FileSystemInfo entry in Entries(folder, onUnreadable))
            {
                string name = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";

                // A link to a folder could lead round in a circle, so folders are entered only as themselves.
                if (entry is DirectoryInfo)
                {
                    if (entry.LinkTarget is null)
                    {
                        folders.Push(name);
                    }
                    else
                    {
                        onUnreadable(name, "it is a link, and links are not followed");
                    }
                }
                else if (!entry.Name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal))
                {
                    yield return name;
                }
            }
        }
    }

    /// <inheritdoc />
    public Stream? Open(string name, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null || Directory.Exists(path) || (file.Exists && !RegularFile.IsRegular(file)))
            {
                throw new DataProtectionException("NotRegularFile", FailureKind.InvalidData, "is not a regular file");
            }

            return file.Exists ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataProtectionException("ReadFailed", FailureKind.Unavailable, $"could not be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <inheritdoc />
    public StoredDigest? OpenDigest(string name, CancellationToken cancellationToken) =>
        Open(name, cancellationToken) is { } content ? StoredDigest.Create(content, () => ReadSignature(name, cancellationToken)) : null;

    /// <inheritdoc />
    public string PathOf(string name) => Path.Combine(_root, name.Replace('/', Path.DirectorySeparatorChar));

    /// <inheritdoc />
    public string SignaturePathOf(string name) => PathOf(name + DigestName.SignatureSuffix);

    /// <summary>The content of the file that holds a digest file's signature.</summary>
    public static string SignatureFile(string signature) => StrictJson.Write(
        new JObject { ["Metadata"] = new JObject { ["signature"] = signature, ["signature-algorithm"] = DigestFile.SignatureAlgorithm } }, indented: true) + "\n";

    private string? ReadSignature(string name, CancellationToken cancellationToken)
    {
        using Stream? stream = Open(name + DigestName.SignatureSuffix, cancellationToken);
        if (stream is null)
        {
            return null;
        }

        if (stream.Length > MaxSignatureFileBytes)
        {
            throw new DataProtectionException("FileTooLarge", FailureKind.LimitExceeded, $"has more than {MaxSignatureFileBytes:N0} bytes, which is the limit");
        }

        try
        {
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return Parse(content);
        }
        catch (JsonSyntaxException error)
        {
            throw new DataProtectionException("InvalidSignatureFile", FailureKind.InvalidData, error.Message.TrimEnd('.'), error);
        }
        catch (IOException error)
        {
            throw new DataProtectionException("ReadFailed", FailureKind.Unavailable, $"could not be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static string Parse(byte[] content)
    {
        var metadata = StrictJson.ParseObject(content, "it", MaxSignatureFileBytes)["Metadata"] as JObject;
        return metadata?.Text("signature") is { Length: > 0 } signature && metadata.Text("signature-algorithm") == DigestFile.SignatureAlgorithm
            ? signature
            : throw new DataProtectionException(
                "InvalidSignatureFile", FailureKind.InvalidData, $"has no \"Metadata\" with a \"signature\" and the \"signature-algorithm\" {DigestFile.SignatureAlgorithm}");
    }

    private FileSystemInfo[] Entries(string folder, Action<string, string> onUnreadable)
    {
        try
        {
            return new DirectoryInfo(PathOf(folder)).GetFileSystemInfos();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onUnreadable(folder, error.Message.TrimEnd('.'));
            return [];
        }
    }
}
