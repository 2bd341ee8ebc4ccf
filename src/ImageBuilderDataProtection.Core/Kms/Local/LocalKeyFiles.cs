using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// Keys and aliases on disk. Each file is replaced as a whole, and a key exists when its <c>key.json</c> does: it is written
/// last and removed first, so that a process that is killed leaves no half key.
/// </summary>
internal sealed class LocalKeyFiles(LocalKmsStore store)
{
    private const string KeyFileName = "key.json";
    private const string PolicyFileName = "policy.json";
    private const int MaxAliasFileBytes = 16 * 1024 * 1024;

    // A byte that is replaced silently could take a Deny's pattern out of force.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a key; null when there is none. A key whose deletion date has passed is still told, for it to be purged.</summary>
    public LocalKey? Find(string account, string region, string keyId)
    {
        string path = Path.Combine(store.RegionFolder(account, region), keyId, KeyFileName);
        LocalKey? key = ReadIfThere(path) is { } content ? LocalKey.Parse(content, path) : null;

        // Not every file system tells names apart by case; key ids are.
        return key?.Arn.KeyId == keyId ? key : null;
    }

    /// <summary>The ids of the keys of an account and region, in order; some may be due to be purged.</summary>
    public IReadOnlyList<string> KeyIds(string account, string region)
    {
        string folder = store.RegionFolder(account, region);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Writes a key, and answers it.</summary>
    public LocalKey Write(LocalKey key)
    {
        WriteFile(Path.Combine(Folder(key), KeyFileName), Encoding.UTF8.GetBytes(key.ToJson()));
        return key;
    }

    /// <summary>The policy's text, exactly as it was put.</summary>
    public string ReadPolicy(LocalKey key) =>
        Encoding.UTF8.GetString(ReadIfThere(Path.Combine(Folder(key), PolicyFileName)) ?? throw Damaged(key, "has no key policy"));

    public void WritePolicy(LocalKey key, string policy) => WriteFile(Path.Combine(Folder(key), PolicyFileName), Encoding.UTF8.GetBytes(policy));

    /// <summary>Makes the folder of a key to be.</summary>
    public void CreateFolder(LocalKey key) => LocalKmsStore.CreateFolder(MaterialFolder(key));

    /// <summary>Makes new key material and answers its id.</summary>
    public string CreateMaterial(LocalKey key)
    {
        string id = NewMaterialId();
        WriteMaterial(key, id);
        return id;
    }

    public static string NewMaterialId() => Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant();

    public void WriteMaterial(LocalKey key, string materialId)
    {
        byte[] material = RandomNumberGenerator.GetBytes(LocalCiphertext.KeyMaterialLength);
        try
        {
            AtomicFile.Write(MaterialPath(key, materialId), material, replace: false, ownerOnly: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    /// <summary>Key material, which the receiver zeroes; null when there is none of this id.</summary>
    public byte[]? ReadMaterial(LocalKey key, string materialId)
    {
        byte[]? material = ReadIfThere(MaterialPath(key, materialId));
        return material is null or { Length: LocalCiphertext.KeyMaterialLength } ? material : throw Damaged(key, $"has key material {materialId} of a wrong length");
    }

    /// <summary>
    /// Removes a key with all that belongs to it: its aliases, then its material, overwritten first, then the rest. A purge
    /// cut short is taken up again at the next call that looks for the key, which key.json still tells to be due.
    /// </summary>
    public void Purge(LocalKey key)
    {
        SortedDictionary<string, string> aliases = ReadAliases(key.Arn.Account, key.Arn.Region);
        string[] names = [.. aliases.Where(alias => alias.Value == key.Arn.KeyId).Select(static alias => alias.Key)];
        if (names.Length > 0)
        {
            Array.ForEach(names, name => aliases.Remove(name));
            WriteAliases(key.Arn.Account, key.Arn.Region, aliases);
        }

        if (Directory.Exists(MaterialFolder(key)))
        {
            foreach (string path in Directory.EnumerateFiles(MaterialFolder(key)))
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
                file.Write(new byte[file.Length]);
                file.Flush(flushToDisk: true);
            }
        }

        File.Delete(Path.Combine(Folder(key), KeyFileName));
        Directory.Delete(Folder(key), recursive: true);
    }

    /// <summary>The aliases of an account and region: key ids by alias name.</summary>
    public SortedDictionary<string, string> ReadAliases(string account, string region)
    {
        string path = AliasPath(account, region);
        var aliases = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (ReadIfThere(path) is { } content)
        {
            foreach (JProperty alias in StrictJson.ParseObject(content, $"\"{path}\"", MaxAliasFileBytes).Properties())
            {
                aliases.Add(alias.Name, alias.Value is JValue { Value: string keyId } ? keyId : throw DamagedAliases(path));
            }
        }

        return aliases;
    }

    public void WriteAliases(string account, string region, SortedDictionary<string, string> aliases)
    {
        var json = new JObject(aliases.Select(static alias => new JProperty(alias.Key, alias.Value)));
        WriteFile(AliasPath(account, region), Encoding.UTF8.GetBytes(StrictJson.Write(json, indented: true) + "\n"));
    }

    /// <summary>The policy of a role; null when it has none.</summary>
    /// <exception cref="DataProtectionException"><c>RolePolicyUnreadable</c>: the file is too long or not UTF-8; or it is no policy.</exception>
    public PolicyDocument? ReadRolePolicy(PrincipalArn role)
    {
        string path = store.RolePolicyPath(role);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;
        }

        if (file.Length > PolicyDocument.MaxBytes)
        {
            throw UnreadableRolePolicy(path, $"it has {file.Length:N0} bytes; the limit is {PolicyDocument.MaxBytes:N0}");
        }

        try
        {
            return PolicyDocument.Parse(StrictUtf8.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException)
        {
            throw UnreadableRolePolicy(path, "it is not UTF-8");
        }
    }

    private static DataProtectionException UnreadableRolePolicy(string path, string why) => new(
        "RolePolicyUnreadable", FailureKind.InvalidData, $"The role policy \"{path}\" cannot be read: {why}.");

    private static byte[]? ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void WriteFile(string path, byte[] content) => AtomicFile.Write(path, content, replace: true, ownerOnly: true);

    private static DataProtectionException DamagedAliases(string path) => new(
        "LocalKmsDamaged", FailureKind.InvalidData, $"\"{path}\" of the local KMS is damaged: an alias has no key id. Restore the file from a copy.");

    private static DataProtectionException Damaged(LocalKey key, string what) => new(
        "LocalKmsDamaged", FailureKind.InvalidData, $"The key {key.Arn} of the local KMS is damaged: it {what}. Restore its folder from a copy.");

    private string Folder(LocalKey key) => Path.Combine(store.RegionFolder(key.Arn.Account, key.Arn.Region), key.Arn.KeyId);

    private string MaterialFolder(LocalKey key) => Path.Combine(Folder(key), "material");

    private string MaterialPath(LocalKey key, string materialId) => Path.Combine(MaterialFolder(key), materialId + ".key");

    private string AliasPath(string account, string region) => Path.Combine(store.RegionFolder(account, region), "aliases.json");
}
