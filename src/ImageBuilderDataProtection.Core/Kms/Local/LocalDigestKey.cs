using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// The RSA key with which the digest files of a local KMS are signed. It is made when it is first needed, under the lock of the
/// digest files; its public half stands beside the trail, in the form that <c>aws cloudtrail list-public-keys</c> prints.
/// </summary>
internal sealed class LocalDigestKey(LocalKmsStore store, string folder)
{
    private const int Bits = 2048;

    private string PrivatePath => Path.Combine(folder, "signing.key");

    private string PublicPath => Path.Combine(store.Folder, "public-keys.json");

    /// <summary>The public key, to verify with; null when there is none yet.</summary>
    public DigestPublicKey? ReadPublic()
    {
        if (!File.Exists(PrivatePath))
        {
            return null;
        }

        using RSA key = Open();
        return DigestPublicKey.Parse(key.ExportRSAPublicKey());
    }

    /// <summary>Opens the key, and makes it if need be.</summary>
    public RSA OpenOrCreate()
    {
        if (!File.Exists(PrivatePath))
        {
            using var made = RSA.Create(Bits);
            byte[] content = made.ExportPkcs8PrivateKey();
            AtomicFile.Write(PrivatePath, content, replace: true, ownerOnly: true);
            CryptographicOperations.ZeroMemory(content);
            WritePublic(made);
        }

        RSA key = Open();

        // A process that was killed may have left the first file only.
        if (!File.Exists(PublicPath))
        {
            WritePublic(key);
        }

        return key;
    }

    private RSA Open()
    {
        byte[] content = File.ReadAllBytes(PrivatePath);
        var key = RSA.Create();
        try
        {
            key.ImportPkcs8PrivateKey(content, out _);
            return key;
        }
        catch (CryptographicException error)
        {
            key.Dispose();
            throw new DataProtectionException("LocalKmsDamaged", FailureKind.InvalidData, $"\"{PrivatePath}\" is damaged: it holds no private key.", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private void WritePublic(RSA key)
    {
        byte[] value = key.ExportRSAPublicKey();
        var list = new JObject
        {
            ["PublicKeyList"] = new JArray(new JObject
            {
                ["Value"] = Convert.ToBase64String(value),
                ["ValidityStartTime"] = store.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["Fingerprint"] = DigestPublicKey.Fingerprint(value),
            }),
        };
        AtomicFile.Write(PublicPath, Encoding.UTF8.GetBytes(StrictJson.Write(list, indented: true) + "\n"), replace: true, ownerOnly: true);
    }
}
