using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Keeps the tests away from the AWS settings of whoever runs them, and from the network that tells instances theirs.</summary>
internal static class AwsEnvironmentGuard
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "No test may run before the SDK is kept from the user's own settings.")]
    internal static void Prepare()
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(static name => name.StartsWith("AWS_", StringComparison.Ordinal)))
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        string folder = Directory.CreateTempSubdirectory("ibdp-aws-").FullName;
        foreach ((string variable, string file) in new[] { ("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials") })
        {
            File.WriteAllText(Path.Combine(folder, file), "");
            Environment.SetEnvironmentVariable(variable, Path.Combine(folder, file));
        }

        File.WriteAllText(Path.Combine(folder, "config"), """
            [profile mfa]
            region = us-west-2
            role_arn = arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole
            source_profile = base
            mfa_serial = arn:aws:iam::111122223333:mfa/device

            [profile base]
            aws_access_key_id = AKIAEXAMPLE
            aws_secret_access_key = base-secret

            [profile sso]
            sso_session = center
            sso_account_id = 111122223333
            sso_role_name = Role

            [sso-session center]
            sso_region = us-west-2
            sso_start_url = https://center.invalid/start
            """);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
    }
}
