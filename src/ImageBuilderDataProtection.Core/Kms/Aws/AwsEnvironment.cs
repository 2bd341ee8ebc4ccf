using System.Globalization;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The environment variables that the AWS SDK obeys. The SDK reads several of them once in a process; a PowerShell session
/// lives long and sets them as it goes, so here they are read anew for each connection.
/// </summary>
internal static class AwsEnvironment
{
    private const string Prefix = "AWS_";

    private static readonly string[] RegionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"];

    /// <summary>The region, or null.</summary>
    public static string? Region => RegionVariables.Select(Read).FirstOrDefault(static value => value is not null);

    /// <summary>The profile meant where none is named.</summary>
    public static string ProfileName => Read("AWS_PROFILE") ?? "default";

    /// <summary>Whether the profile is named, so that its absence is an error.</summary>
    public static bool NamesProfile => Read("AWS_PROFILE") is not null;

    /// <summary>Whether the environment itself holds credentials, which come before any profile but one named with -ProfileName.</summary>
    public static bool HasCredentials =>
        (Read("AWS_ACCESS_KEY_ID") is not null && Read("AWS_SECRET_ACCESS_KEY") is not null) ||
        (Read("AWS_WEB_IDENTITY_TOKEN_FILE") is not null && Read("AWS_ROLE_ARN") is not null);

    /// <summary>AWS_USE_FIPS_ENDPOINT; null when it says nothing.</summary>
    public static bool? UseFipsEndpoint => ReadTruth("AWS_USE_FIPS_ENDPOINT");

    /// <summary>AWS_IGNORE_CONFIGURED_ENDPOINT_URLS; null when it says nothing.</summary>
    public static bool? IgnoreConfiguredEndpointUrls => ReadTruth("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");

    /// <summary>Whether an endpoint of STS alone is configured.</summary>
    public static bool HasStsEndpoint => Read("AWS_ENDPOINT_URL_STS") is not null;

    /// <summary>Whether an endpoint of CloudTrail alone is configured.</summary>
    public static bool HasTrailEndpoint => Read("AWS_ENDPOINT_URL_CLOUDTRAIL") is not null;

    /// <summary>The shared credentials file that is named, or null.</summary>
    public static string? SharedCredentialsFile => Read("AWS_SHARED_CREDENTIALS_FILE");

    /// <summary>The shared config file that is named, or null.</summary>
    public static string? ConfigFile => Read("AWS_CONFIG_FILE");

    /// <summary>The home folder, where the SDK looks for it.</summary>
    public static string Home => Read("HOME") ?? Read("USERPROFILE") ?? Environment.CurrentDirectory;

    /// <summary>Every AWS variable with its value, in order: what two connections must have in common to be one.</summary>
    public static IEnumerable<string> Snapshot() =>
        Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(static name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(static name => string.Create(CultureInfo.InvariantCulture, $"{name}={Environment.GetEnvironmentVariable(name)}"));

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool? ReadTruth(string name) => bool.TryParse(Read(name), out bool truth) ? truth : null;
}
