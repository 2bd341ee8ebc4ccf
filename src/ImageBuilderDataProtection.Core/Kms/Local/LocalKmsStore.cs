using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// A local KMS: a folder that holds keys, aliases, key policies, role policies and a CloudTrail trail, for several accounts
/// and regions. It is for development, tests and offline work; it is no hardware security module: who can read the folder
/// can use the keys. It is safe under several processes at once, and under their being killed.
/// <para>
/// The layout: <c>local-kms.json</c> marks the folder; <c>keys/{account}/{region}/{key id}/</c> holds <c>key.json</c>,
/// <c>policy.json</c> and <c>material/{key material id}.key</c>; <c>keys/{account}/{region}/aliases.json</c> the aliases;
/// <c>roles/{account}/{role name}.json</c> the optional role policies; <c>trail/AWSLogs/…</c> the records, as CloudTrail
/// lays them out in a bucket, with its digest files; <c>digests/</c> the key that signs those, and how far they have come;
/// <c>public-keys.json</c> the public key. Files and folders are the owner's alone: an empty folder that was there before is
/// closed to others when the store is made in it.
/// </para>
/// </summary>
public sealed partial class LocalKmsStore
{
    /// <summary>The version of the layout.</summary>
    public const int FormatVersion = 1;

    private const string FormatName = "ImageBuilderDataProtection local KMS";
    private const string MarkerName = "local-kms.json";
    private const int MaxMarkerBytes = 64 * 1024;
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A key policy is parsed once for each of its texts; texts are few, and the bound keeps it so.
    private const int MaxCachedPolicies = 256;
    private readonly ConcurrentDictionary<string, KeyPolicy> _policies = new(StringComparer.Ordinal);

    private bool _created;
    private long _lastTicks;

    private LocalKmsStore(string folder, TimeProvider clock)
    {
        Folder = folder;
        Clock = clock;
        Digests = new LocalDigests(this);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>The folder of the trail, in the layout of a CloudTrail bucket.</summary>
    public string TrailFolder => Path.Combine(Folder, "trail");

    /// <summary>The accounts that have keys in the store, in order.</summary>
    public IReadOnlyList<string> Accounts =>
        Directory.Exists(KeysFolder)
            ? [.. Directory.EnumerateDirectories(KeysFolder).Select(Path.GetFileName).Where(static name => Account().IsMatch(name!)).Order(StringComparer.Ordinal)!]
            : [];

    internal TimeProvider Clock { get; }

    internal LocalDigests Digests { get; }

    private string KeysFolder => Path.Combine(Folder, "keys");

    /// <summary>Opens the store in a folder, which is made at the first write if it is not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="clock">The time; the system's when null.</param>
    /// <exception cref="DataProtectionException">
    /// <c>NotALocalKms</c>: the folder holds something else; <c>LocalKmsVersionUnsupported</c>: it was written by a later version.
    /// </exception>
    public static LocalKmsStore Open(string folder, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var store = new LocalKmsStore(Path.GetFullPath(folder), clock ?? TimeProvider.System);
        try
        {
            store.RequireOwnFolder();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw store.Unusable(error);
        }

        return store;
    }

    /// <summary>The KMS as one caller sees it from one region.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidRegion</c>: the region has not the form of one, such as <c>us-west-2</c>.</exception>
    public IKms ForCaller(LocalCaller caller, string region) => ForClient(caller, region, client: null);

    /// <summary>The KMS as one caller sees it from one region, by way of a client; null for this process itself.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidRegion</c>.</exception>
    internal LocalKms ForClient(LocalCaller caller, string region, LocalClient? client)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(region);
        return IsRegion(region) ? new LocalKms(this, caller, region, client) : throw AwsRegions.Invalid(region);
    }

    /// <summary>
    /// Writes a digest file for each account and region of the trail that names the records since its last one, as is done by itself
    /// at the first record of each hour. From then on, they cannot be changed unnoticed by anyone who has not the signing key.
    /// </summary>
    /// <exception cref="DataProtectionException"><c>LocalKmsNotFound</c>, <c>LocalKmsBusy</c> or <c>LocalKmsUnavailable</c>.</exception>
    public async Task WriteDigestsAsync(CancellationToken cancellationToken)
    {
        RequireCreated();
        await Digests.WriteAllAsync(cancellationToken);
    }

    /// <summary>Checks the trail by its digest files. While the results are read, no digest file is written.</summary>
    /// <param name="startTime">The time, UTC, from which files are looked at; null for the first.</param>
    /// <param name="endTime">The time, UTC, to which files are looked at; null for the last.</param>
    /// <param name="region">The region whose files are looked at; null for all.</param>
    /// <param name="parallelism">How many files are read at a time.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="DataProtectionException">
    /// <c>NoDigestFiles</c>: none was written yet; <c>LocalKmsNotFound</c>, <c>LocalKmsBusy</c> or <c>LocalKmsUnavailable</c>.
    /// </exception>
    public IEnumerable<LogIntegrityResult> CheckTrail(DateTime? startTime, DateTime? endTime, string? region, int parallelism, CancellationToken cancellationToken)
    {
        RequireCreated();
        return Digests.Check(startTime, endTime, region, parallelism, cancellationToken);
    }

    /// <summary>
    /// Where the policy of a role stands: a JSON policy document, as <c>New-IBWorkflowRolePolicy</c> writes it. It counts
    /// where a key policy delegates to the account, and for a key of another account. Without the file the role has no policy.
    /// </summary>
    public string RolePolicyPath(PrincipalArn role)
    {
        ArgumentNullException.ThrowIfNull(role);
        return Path.Combine(Folder, "roles", role.RequireRole().Account, role.Name + ".json");
    }

    /// <summary>The moment a record is filed under: no two of one store share a tick, so that their order is kept.</summary>
    internal DateTime NextMoment(DateTime now)
    {
        while (true)
        {
            long last = Volatile.Read(ref _lastTicks);
            bool isTaken = last - now.Ticks is >= 0 and < TimeSpan.TicksPerSecond;
            long ticks = isTaken ? last + 1 : now.Ticks;
            if (Interlocked.CompareExchange(ref _lastTicks, ticks, last) == last)
            {
                return new DateTime(ticks, DateTimeKind.Utc);
            }
        }
    }

    internal string RegionFolder(string account, string region) => Path.Combine(KeysFolder, account, region);

    internal KeyPolicy ReadPolicy(string text)
    {
        if (_policies.Count >= MaxCachedPolicies)
        {
            _policies.Clear();
        }

        return _policies.GetOrAdd(text, KeyPolicy.Parse);
    }

    /// <summary>Makes the folder and its marker, unless they are there.</summary>
    internal void EnsureCreated()
    {
        if (_created)
        {
            return;
        }

        string marker = Path.Combine(Folder, MarkerName);
        if (!File.Exists(marker))
        {
            CreateFolder(Folder);
            CloseFolder();
            var content = new JObject { ["format"] = FormatName, ["version"] = FormatVersion };
            AtomicFile.Write(marker, System.Text.Encoding.UTF8.GetBytes(StrictJson.Write(content, indented: true) + "\n"), replace: true, ownerOnly: true);
        }

        _created = true;
    }

    // The folder may have been there before, empty and open to others, who could then put their own files in the place of ours.
    private void CloseFolder()
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(Folder) != OwnerOnlyFolder)
        {
            File.SetUnixFileMode(Folder, OwnerOnlyFolder);

            // What came into it before it was closed.
            RequireOwnFolder();
        }
    }

    /// <summary>Makes a folder with those above it. The framework would give the mode to the last one only.</summary>
    internal static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            CreateFolder(Path.GetDirectoryName(folder)!);
            Directory.CreateDirectory(folder, OwnerOnlyFolder);
        }
    }

    private void RequireOwnFolder()
    {
        string marker = Path.Combine(Folder, MarkerName);
        if (File.Exists(marker))
        {
            ReadMarker(marker);
            return;
        }

        // Another process may be making the store now: its marker comes first, by way of a temporary file.
        bool isForeign = File.Exists(Folder) ||
            (Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Any(static path => !path.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)));
        if (isForeign && !File.Exists(marker))
        {
            throw NotALocalKms();
        }
    }

    private void ReadMarker(string marker)
    {
        byte[] content = File.ReadAllBytes(marker);
        JObject format = StrictJson.ParseObject(content, $"\"{marker}\"", MaxMarkerBytes);
        if ((string?)format["format"] != FormatName)
        {
            throw NotALocalKms();
        }

        if (format["version"] is not JValue { Value: (long)FormatVersion })
        {
            throw new DataProtectionException(
                "LocalKmsVersionUnsupported",
                FailureKind.InvalidData,
                $"The local KMS in \"{Folder}\" has format version {format["version"]}; this module reads version {FormatVersion}. Use a newer module.");
        }
    }

    /// <summary>Refuses a folder in which there is no local KMS yet.</summary>
    /// <exception cref="DataProtectionException"><c>LocalKmsNotFound</c>: no key was ever made here.</exception>
    public void RequireCreated()
    {
        if (!_created && !File.Exists(Path.Combine(Folder, MarkerName)))
        {
            throw new DataProtectionException(
                "LocalKmsNotFound", FailureKind.NotFound, $"There is no local KMS in \"{Folder}\"; New-IBWorkflowKey makes one with its first key.");
        }

        _created = true;
    }

    /// <summary>Whether a text has the form of a region, such as <c>us-west-2</c>.</summary>
    internal static bool IsRegion(string text) => Region().IsMatch(text);

    /// <summary>The failure of the file system, as one a user can act on.</summary>
    internal DataProtectionException Unusable(Exception error) => new(
        "LocalKmsUnavailable", error is UnauthorizedAccessException ? FailureKind.PermissionDenied : FailureKind.Unavailable, $"The local KMS in \"{Folder}\" cannot be used: {error.Message}", error);

    private DataProtectionException NotALocalKms() => new(
        "NotALocalKms",
        FailureKind.InvalidArgument,
        $"\"{Folder}\" holds something other than a local KMS; name an empty or new folder, or one made by this module.");

    [GeneratedRegex(@"\A[0-9]{12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Account();

    [GeneratedRegex(@"\A[a-z]{2,}(-[a-z]+)+-[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Region();
}
