using System.Globalization;
using System.Reflection;
using Amazon.Runtime.CredentialManagement;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The profiles of the shared config and credentials files, read anew each time since users edit them and name others
/// ("Location of the shared config and credentials files" in the AWS SDKs and Tools Reference Guide).
/// </summary>
internal static class AwsProfiles
{
    private const string DefaultFolder = ".aws";
    private const string ConfigName = "config";
    private const string CredentialsName = "credentials";

    private static readonly object Paths = new();

    /// <summary>The profile of this name, or null.</summary>
    public static CredentialProfile? Find(string name)
    {
        FollowEnvironment();
        return new CredentialProfileStoreChain().TryGetProfile(name, out CredentialProfile? profile) ? profile : null;
    }

    /// <summary>What tells whether the files changed: each one's path, length and time.</summary>
    public static IEnumerable<string> Stamps()
    {
        FollowEnvironment();
        return new[] { SharedCredentialsFile.DefaultFilePath, SharedCredentialsFile.DefaultConfigFilePath, BesideCredentials() }
            .Select(static path => new FileInfo(path))
            .Select(static file => file.Exists
                ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")
                : $"{file.FullName} -");
    }

    /// <summary>
    /// Has the SDK use the files that the environment names now. The SDK looks once in a process, and would go on with the
    /// first files, that is with someone else's credentials, after a PowerShell session has named others. Where the file
    /// named is not there, it would take the one of the home folder, which no one named.
    /// </summary>
    /// <remarks>
    /// The paths have no public setter, and that of the config file cannot be given to any of the SDK's methods. They are
    /// those of the SDK that this module alone has loaded.
    /// </remarks>
    public static void FollowEnvironment()
    {
        string home = Path.Combine(AwsEnvironment.Home, DefaultFolder);
        lock (Paths)
        {
            Set(nameof(SharedCredentialsFile.DefaultFilePath), AwsEnvironment.SharedCredentialsFile ?? Path.Combine(home, CredentialsName));
            Set(nameof(SharedCredentialsFile.DefaultConfigFilePath), AwsEnvironment.ConfigFile ?? Path.Combine(home, ConfigName));
        }
    }

    // Where the environment names no config file, the SDK reads the one beside the credentials file.
    private static string BesideCredentials() => Path.Combine(Path.GetDirectoryName(SharedCredentialsFile.DefaultFilePath)!, ConfigName);

    private static void Set(string property, string path)
    {
        PropertyInfo found = typeof(SharedCredentialsFile).GetProperty(property, BindingFlags.Public | BindingFlags.Static)!;
        string full = Path.GetFullPath(path);
        if ((string?)found.GetValue(null) != full)
        {
            found.SetValue(null, full);
        }
    }
}
