using System.Globalization;
using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>A digest file of the trail as the store remembers it: enough to make the next one, or to write this one again.</summary>
internal sealed record LocalDigestEntry
{
    private const int MaxBytes = 2 * DigestFile.MaxBytes;

    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>Its key, which is its path in the trail.</summary>
    public required string Key { get; init; }

    /// <summary>The end of the time it covers, UTC.</summary>
    public required DateTime End { get; init; }

    /// <summary>The SHA-256 hash of its uncompressed content, in hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>Its signature, in hexadecimal.</summary>
    public required string Signature { get; init; }

    /// <summary>The compressed file; empty once it is written.</summary>
    public byte[] File { get; init; } = [];

    /// <summary>Reads what <see cref="ToJson"/> has written.</summary>
    /// <exception cref="DataProtectionException"><c>LocalKmsDamaged</c>.</exception>
    public static LocalDigestEntry Parse(byte[] content, string path)
    {
        try
        {
            JObject json = StrictJson.ParseObject(content, $"\"{path}\"", MaxBytes);
            return new LocalDigestEntry
            {
                Account = json.Text("account") ?? throw new FormatException(),
                Region = json.Text("region") ?? throw new FormatException(),
                Key = json.Text("object") ?? throw new FormatException(),
                End = json.Time("end") ?? throw new FormatException(),
                Hash = json.Text("hash") ?? throw new FormatException(),
                Signature = json.Text("signature") ?? throw new FormatException(),
                File = Convert.FromBase64String(json.Text("file") ?? ""),
            };
        }
        catch (Exception error) when (error is FormatException or DataProtectionException)
        {
            throw new DataProtectionException(
                "LocalKmsDamaged", FailureKind.InvalidData, $"\"{path}\" is damaged; remove it, and the digest files of the local KMS start a new chain.", error);
        }
    }

    /// <summary>The entry as a file of the store.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(StrictJson.Write(
        new JObject
        {
            ["account"] = Account,
            ["region"] = Region,
            ["object"] = Key,
            ["end"] = End.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture),
            ["hash"] = Hash,
            ["signature"] = Signature,
            ["file"] = Convert.ToBase64String(File),
        },
        indented: true));
}
