using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ImageBuilderDataProtection.Tests.Kms.Aws;

/// <summary>
/// Keeps the tests away from the AWS settings of whoever runs them. The SDK reads where the shared files are once in a
/// process, so there is one pair of files for all tests.
/// </summary>
internal static class AwsTestEnvironment
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("ibdp-aws-").FullName;

    /// <summary>The shared config file.</summary>
    public static string ConfigFile { get; } = Path.Combine(Folder, "config");

    /// <summary>The shared credentials file.</summary>
    public static string CredentialsFile { get; } = Path.Combine(Folder, "credentials");

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "No test may run before the SDK is kept from the user's own settings.")]
    internal static void Prepare()
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(static name => name.StartsWith("AWS_", StringComparison.Ordinal)))
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        File.WriteAllText(ConfigFile, "");
        File.WriteAllText(CredentialsFile, "");
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", ConfigFile);
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", CredentialsFile);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Folder, recursive: true);
    }
}
