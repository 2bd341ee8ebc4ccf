using System.Globalization;
using Amazon.Runtime.CredentialManagement;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>The profiles of the shared config and credentials files, read anew each time since users edit them.</summary>
internal static class AwsProfiles
{
    /// <summary>The profile of this name, or null.</summary>
    public static CredentialProfile? Find(string name) => new CredentialProfileStoreChain().TryGetProfile(name, out CredentialProfile? profile) ? profile : null;

    /// <summary>What tells whether the files changed: each one's path, length and time.</summary>
    public static IEnumerable<string> Stamps() =>
        new[] { SharedCredentialsFile.DefaultFilePath, SharedCredentialsFile.DefaultConfigFilePath }
            .Select(static path => new FileInfo(path))
            .Select(static file => file.Exists
                ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")
                : $"{file.FullName} -");
}
