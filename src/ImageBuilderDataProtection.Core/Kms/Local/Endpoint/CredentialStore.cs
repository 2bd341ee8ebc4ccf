using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// The credentials that one endpoint takes. Those it issued at its own start are in its memory alone, so that they end with
/// it, however it ends. Role sessions are good at every endpoint of the store: one owner-only file for each in
/// <c>credentials/</c>, named after the access key id. A file is there as a whole or not at all, so that no lock is needed
/// between processes. Sessions that have ended are removed when they are met, and all such at each start of an endpoint.
/// </summary>
internal sealed partial class CredentialStore(LocalKmsStore store)
{
    private const int MaxFileBytes = 16 * 1024;
    private const int SecretBytes = 30;
    private const int TokenBytes = 96;
    private const string FileSuffix = ".json";

    private readonly ConcurrentDictionary<string, IssuedCredentials> _own = new(StringComparer.Ordinal);

    private string Folder => Path.Combine(store.Folder, "credentials");

    /// <summary>Issues credentials that this endpoint alone takes.</summary>
    /// <param name="caller">Whose they are.</param>
    /// <param name="duration">How long they are good; null for as long as the endpoint runs, which only the account root has.</param>
    public IssuedCredentials IssueOwn(LocalCaller caller, TimeSpan? duration)
    {
        IssuedCredentials issued = Make(caller, duration, store.Clock.GetUtcNow().UtcDateTime);
        _own[issued.Credentials.AccessKeyId] = issued;
        return issued;
    }

    /// <summary>Issues the credentials of a role session, for every endpoint of the store.</summary>
    /// <param name="role">Whose session it is.</param>
    /// <param name="duration">How long they are good.</param>
    public IssuedCredentials Issue(LocalCaller role, TimeSpan duration)
    {
        DateTime now = store.Clock.GetUtcNow().UtcDateTime;
        IssuedCredentials issued = Make(role, duration, now);
        LocalKmsStore.CreateFolder(Folder);
        AtomicFile.Write(PathOf(issued.Credentials.AccessKeyId), Encoding.UTF8.GetBytes(StrictJson.Write(ToJson(issued, now), indented: true) + "\n"), replace: false, ownerOnly: true);
        return issued;
    }

    /// <summary>Finds credentials by their access key id; null when none were issued or they were revoked. They may have ended.</summary>
    /// <exception cref="DataProtectionException"><c>LocalKmsDamaged</c>: their file is not what this program wrote.</exception>
    public IssuedCredentials? Find(string accessKeyId)
    {
        if (_own.TryGetValue(accessKeyId, out IssuedCredentials? own))
        {
            return own;
        }

        // The id comes from the network and becomes a file name.
        if (!SessionKeyId().IsMatch(accessKeyId))
        {
            return null;
        }

        string path = PathOf(accessKeyId);
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes credentials good for nothing.</summary>
    public void Revoke(string accessKeyId)
    {
        if (!_own.TryRemove(accessKeyId, out _) && SessionKeyId().IsMatch(accessKeyId) && Directory.Exists(Folder))
        {
            File.Delete(PathOf(accessKeyId));
        }
    }

    /// <summary>Removes the credentials that have ended.</summary>
    public void RemoveExpired()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFiles(Folder, "*" + FileSuffix))
        {
            string accessKeyId = Path.GetFileNameWithoutExtension(path);
            if (Find(accessKeyId) is { } found && HasEnded(found))
            {
                Revoke(accessKeyId);
            }
        }
    }

    /// <summary>Whether credentials are past their time.</summary>
    public bool HasEnded(IssuedCredentials issued) => issued.Credentials.Expiration <= store.Clock.GetUtcNow().UtcDateTime;

    private static IssuedCredentials Make(LocalCaller caller, TimeSpan? duration, DateTime now)
    {
        bool isSession = !caller.Principal.IsAccountRoot;
        var credentials = new LocalCredentials(
            LocalCaller.NewAccessKeyId(isSession ? LocalCaller.TemporaryPrefix : LocalCaller.LongTermPrefix),
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)),
            isSession ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(TokenBytes)) : null,
            now + duration);
        return new IssuedCredentials(credentials, caller.SigningWith(credentials.AccessKeyId, now));
    }

    private static JObject ToJson(IssuedCredentials issued, DateTime created) => new()
    {
        ["accessKeyId"] = issued.Credentials.AccessKeyId,
        ["secretAccessKey"] = issued.Credentials.SecretAccessKey,
        ["sessionToken"] = issued.Credentials.SessionToken,
        ["principal"] = issued.Caller.Principal.Identity.Value,
        ["sessionName"] = issued.IsRoleSession ? issued.Caller.Principal.Arn.SessionName : null,
        ["created"] = Write(created),
        ["expiration"] = Write(issued.Credentials.Expiration!.Value),
    };

    private static IssuedCredentials Parse(byte[] content, string path)
    {
        try
        {
            JObject json = StrictJson.ParseObject(content, $"\"{path}\"", MaxFileBytes);
            var credentials = new LocalCredentials(
                (string)json["accessKeyId"]!,
                (string)json["secretAccessKey"]!,
                (string?)json["sessionToken"],
                Read(json["expiration"]!));
            LocalCaller caller = IssuedCredentials.CallerOf(PrincipalArn.Parse((string)json["principal"]!), (string?)json["sessionName"]);
            return new IssuedCredentials(credentials, caller.SigningWith(credentials.AccessKeyId, Read(json["created"]!)));
        }
        catch (Exception error) when (error is DataProtectionException or ArgumentException or FormatException or InvalidCastException)
        {
            // The cause is left out on purpose: it could quote what is secret.
            throw new DataProtectionException(
                "LocalKmsDamaged", FailureKind.InvalidData, $"\"{path}\" is damaged: it holds no credentials. Remove it, and start the endpoint anew.");
        }
    }

    private static string Write(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static DateTime Read(JToken time) => DateTime.ParseExact((string)time!, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private string PathOf(string accessKeyId) => Path.Combine(Folder, accessKeyId + FileSuffix);

    [GeneratedRegex(@"\AASIA[A-Z2-7]{16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SessionKeyId();
}
