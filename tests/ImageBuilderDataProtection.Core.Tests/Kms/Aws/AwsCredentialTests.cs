using System.Globalization;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Trail;

namespace ImageBuilderDataProtection.Tests.Kms.Aws;

/// <summary>Where credentials, region and endpoint come from.</summary>
[Collection(AwsEnvironmentTestGroup.Name)]
public sealed class AwsCredentialTests : IDisposable
{
    private const string RoleArn = "arn:aws:iam::111122223333:role/Role";

    private static readonly KeyArn Key = KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");

    private readonly List<string> _variables = [];
    private readonly HttpStub _stub;
    private TimeSpan _sessionTime = TimeSpan.FromHours(1);
    private int _sessions;

    public AwsCredentialTests() => _stub = new HttpStub(Answer);

    public void Dispose()
    {
        _variables.ForEach(static name => Environment.SetEnvironmentVariable(name, null));
        File.WriteAllText(AwsTestEnvironment.ConfigFile, "");
        File.WriteAllText(AwsTestEnvironment.CredentialsFile, "");
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", AwsTestEnvironment.ConfigFile);
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", AwsTestEnvironment.CredentialsFile);
        _stub.Dispose();
    }

    [Fact]
    public async Task Explicit_keys_come_before_a_profile_and_a_profile_before_the_environment()
    {
        Set("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT");
        Set("AWS_SECRET_ACCESS_KEY", "environment-secret");
        WriteCredentials("[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=default-secret\n[team]\naws_access_key_id=AKIATEAM\naws_secret_access_key=team-secret\n");
        await SignsAsync("AKIAGIVEN", Settings() with { ProfileName = "team", AccessKey = "AKIAGIVEN", SecretKey = "given-secret" });
        await SignsAsync("AKIATEAM", Settings() with { ProfileName = "team" });
        await SignsAsync("AKIAENVIRONMENT", Settings());
        Set("AWS_ACCESS_KEY_ID", null);
        await SignsAsync("AKIADEFAULT", Settings());
        Set("AWS_PROFILE", "team");
        await SignsAsync("AKIATEAM", Settings());
    }

    [Fact]
    public async Task What_is_edited_or_set_in_a_session_counts_at_once()
    {
        var connections = new AwsConnections();
        Set("AWS_ACCESS_KEY_ID", "AKIAFIRST");
        Set("AWS_SECRET_ACCESS_KEY", "first-secret");
        await SignsAsync("AKIAFIRST", Settings(), connections);
        Set("AWS_ACCESS_KEY_ID", "AKIASECOND");
        await SignsAsync("AKIASECOND", Settings(), connections);
        WriteCredentials("[team]\naws_access_key_id=AKIATHIRD\naws_secret_access_key=third-secret\n");
        await SignsAsync("AKIATHIRD", Settings() with { ProfileName = "team" }, connections);
        WriteCredentials("[team]\naws_access_key_id=AKIAFOURTH\naws_secret_access_key=fourth-secret\n");
        await SignsAsync("AKIAFOURTH", Settings() with { ProfileName = "team" }, connections);
    }

    [Fact]
    public async Task What_changed_between_a_connection_and_its_first_call_is_not_kept_for_later_ones()
    {
        WriteCredentials("[first]\naws_access_key_id=AKIAFIRST\naws_secret_access_key=a-secret\n[second]\naws_access_key_id=AKIASECOND\naws_secret_access_key=a-secret\n");
        var connections = new AwsConnections();
        Set("AWS_PROFILE", "first");
        IKms early = connections.Connect(Settings());
        Set("AWS_PROFILE", "second");
        await early.GetKeyRotationStatusAsync(Key, default);
        Set("AWS_PROFILE", "first");
        await SignsAsync("AKIAFIRST", Settings(), connections);
    }

    [Fact]
    public async Task A_role_is_assumed_once_with_its_name_and_external_id_and_again_before_it_expires()
    {
        var connections = new AwsConnections();
        AwsConnectionSettings settings = Settings() with
        {
            AccessKey = "AKIAGIVEN", SecretKey = "given-secret", RoleArn = RoleArn, RoleSessionName = "nightly", ExternalId = "external",
        };
        await SignsAsync("ASIASESSION1", settings, connections);
        await SignsAsync("ASIASESSION1", settings with { Timeout = TimeSpan.FromSeconds(30) }, connections);
        StubRequest assumed = Assert.Single(_stub.Requests, static request => request.Operation == "AssumeRole");
        Assert.Equal((RoleArn, "nightly", "external", "AKIAGIVEN", "us-west-2"),
            (assumed.Form("RoleArn"), assumed.Form("RoleSessionName"), assumed.Form("ExternalId"), assumed.AccessKey, assumed.Region));

        // Credentials that end within minutes are renewed while they still serve; already the second call may have the next ones.
        _sessionTime = TimeSpan.FromMinutes(3);
        IKms kms = new AwsConnections().Connect(settings);
        string early = await UseAsync(kms);
        Assert.NotEqual("ASIASESSION1", early);
        while (await UseAsync(kms) == early)
        {
        }
    }

    [Fact]
    public async Task A_profile_assumes_its_role_with_the_keys_of_its_source()
    {
        WriteCredentials("[base]\naws_access_key_id=AKIABASE\naws_secret_access_key=base-secret\n");
        WriteConfig($"[profile team]\nrole_arn={RoleArn}\nsource_profile=base\nrole_session_name=team\nexternal_id=external\nregion=us-west-2\n");
        await SignsAsync("ASIASESSION1", Settings() with { ProfileName = "team" });
        StubRequest assumed = _stub.Requests.Single(static request => request.Operation == "AssumeRole");
        Assert.Equal(("AKIABASE", "team", "external"), (assumed.AccessKey, assumed.Form("RoleSessionName"), assumed.Form("ExternalId")));
        Assert.Null(assumed.Form("SerialNumber"));
    }

    [Fact]
    public async Task A_profile_with_an_MFA_device_asks_for_its_code_once()
    {
        WriteCredentials("[base]\naws_access_key_id=AKIABASE\naws_secret_access_key=base-secret\n");
        WriteConfig($"[profile team]\nrole_arn={RoleArn}\nsource_profile=base\nmfa_serial=arn:aws:iam::111122223333:mfa/device\n");
        var asked = new List<string>();
        var connections = new AwsConnections();
        AwsConnectionSettings settings = Settings() with { ProfileName = "team" };

        DataProtectionException unattended = await RefusedAsync("MfaCodeNeeded", settings);
        Assert.Contains("arn:aws:iam::111122223333:mfa/device", unattended.Message, StringComparison.Ordinal);
        await RefusedAsync("MfaCodeNeeded", settings with { MfaTokenProvider = static _ => " " });
        Assert.DoesNotContain(_stub.Requests, static request => request.Operation == "AssumeRole");

        settings = settings with
        {
            MfaTokenProvider = serial =>
            {
                asked.Add(serial);
                return "123456";
            },
        };
        await SignsAsync("ASIASESSION1", settings, connections);
        await SignsAsync("ASIASESSION1", settings, connections);
        Assert.Equal(["arn:aws:iam::111122223333:mfa/device"], asked);
        StubRequest assumed = _stub.Requests.Single(static request => request.Operation == "AssumeRole");
        Assert.Equal(("arn:aws:iam::111122223333:mfa/device", "123456"), (assumed.Form("SerialNumber"), assumed.Form("TokenCode")));
    }

    [Fact]
    public async Task Profiles_that_lead_nowhere_are_named()
    {
        WriteConfig($"[profile circle]\nrole_arn={RoleArn}\nsource_profile=circle2\n[profile circle2]\nrole_arn={RoleArn}\nsource_profile=circle\n" +
            $"[profile orphan]\nrole_arn={RoleArn}\nsource_profile=nobody\n[profile bare]\nregion=us-west-2\n[profile odd]\nrole_arn={RoleArn}\ncredential_source=Elsewhere\n");
        await RefusedAsync("ProfileInvalid", Settings() with { ProfileName = "circle" });
        await RefusedAsync("ProfileNotFound", Settings() with { ProfileName = "orphan" });
        await RefusedAsync("ProfileNotFound", Settings() with { ProfileName = "absent" });
        await RefusedAsync("ProfileInvalid", Settings() with { ProfileName = "bare" });
        await RefusedAsync("ProfileInvalid", Settings() with { ProfileName = "odd" });
        Set("AWS_PROFILE", "absent");
        await RefusedAsync("ProfileNotFound", Settings());
        Assert.Empty(_stub.Requests);
    }

    [Fact]
    public async Task A_profile_of_IAM_Identity_Center_without_a_sign_in_says_how_to_sign_in()
    {
        WriteConfig("[profile sso]\nsso_session=s\nsso_account_id=111122223333\nsso_role_name=Role\n[sso-session s]\nsso_region=us-west-2\nsso_start_url=https://none.invalid/start\n");
        DataProtectionException failure = await RefusedAsync("SignInNeeded", Settings() with { ProfileName = "sso" });
        Assert.Contains("aws sso login", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_credentials_anywhere_is_one_clear_error()
    {
        DataProtectionException failure = await RefusedAsync("CredentialsMissing", Settings());
        Assert.Contains("-ProfileName", failure.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.PermissionDenied, failure.Kind);
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_is_told_with_AWSs_code_and_the_role()
    {
        AwsConnectionSettings settings = Settings() with { AccessKey = "AKIAGIVEN", SecretKey = "given-secret", RoleArn = "arn:aws:iam::111122223333:role/Denied" };
        DataProtectionException failure = await RefusedAsync("AccessDenied", settings);
        Assert.StartsWith("AssumeRole of arn:aws:iam::111122223333:role/Denied failed: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("trust policy", failure.Message, StringComparison.Ordinal);
        Assert.Contains(StubAnswer.RequestId, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("given-secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secrets_that_AWS_hands_out_are_withheld_too()
    {
        AwsConnectionSettings settings = Settings() with { AccessKey = "AKIAGIVEN", SecretKey = "given-secret", RoleArn = RoleArn };
        IKms kms = new AwsConnections().Connect(settings);
        await kms.GetKeyRotationStatusAsync(Key, default);
        var refusal = await Assert.ThrowsAsync<KmsException>(() => kms.DisableKeyAsync(Key, default));
        Assert.DoesNotContain("assumed-secret", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("assumed-token", refusal.ToString() + refusal.AuditEvent!.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_region_is_the_one_given_else_the_environments_else_the_profiles()
    {
        WriteConfig("[profile team]\nregion=eu-west-1\n[default]\nregion=eu-west-3\n");
        AwsConnectionSettings settings = Settings() with { Region = null };
        Assert.Equal("eu-west-3", RegionOf(settings));
        Assert.Equal("eu-west-1", RegionOf(settings with { ProfileName = "team" }));
        Set("AWS_DEFAULT_REGION", "eu-north-1");
        Assert.Equal("eu-north-1", RegionOf(settings with { ProfileName = "team" }));
        Set("AWS_REGION", "eu-south-1");
        Assert.Equal("eu-south-1", RegionOf(settings));
        Assert.Equal("us-west-2", RegionOf(settings with { Region = "us-west-2" }));
        Set("AWS_REGION", null);
        Set("AWS_DEFAULT_REGION", null);
        WriteConfig("");
        Assert.Equal("RegionUnknown", Assert.Throws<DataProtectionException>(() => RegionOf(settings)).ErrorId);
    }

    [Fact]
    public async Task The_environments_endpoint_is_used_unless_it_is_to_be_ignored_or_is_not_safe()
    {
        using var other = new HttpStub(Answer);
        AwsConnectionSettings settings = Settings() with { EndpointUrl = null, AccessKey = "AKIAGIVEN", SecretKey = "given-secret" };
        Set("AWS_ENDPOINT_URL", other.Url);
        Set("AWS_ENDPOINT_URL_KMS", _stub.Url);
        await SignsAsync("AKIAGIVEN", settings);
        Assert.Equal(["GetCallerIdentity"], other.Requests.Select(static request => request.Operation));
        Set("AWS_ENDPOINT_URL_KMS", null);
        await new AwsConnections().Connect(settings).GetKeyRotationStatusAsync(Key, default);
        Assert.Equal(["GetKeyRotationStatus"], other.Operations);

        Set("AWS_ENDPOINT_URL", "http://kms.example.com");
        Assert.Equal("InsecureEndpoint", Assert.Throws<DataProtectionException>(() => new AwsConnections().Connect(settings)).ErrorId);
        Set("AWS_ENDPOINT_URL", "no url");
        Assert.Equal("InvalidEndpointUrl", Assert.Throws<DataProtectionException>(() => new AwsConnections().Connect(settings)).ErrorId);
        Set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        Assert.Equal("https://kms.us-west-2.amazonaws.com", EndpointOf(settings));
        Set("AWS_ENDPOINT_URL", null);
        Set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", null);

        WriteConfig("[profile team]\nendpoint_url=http://kms.example.com\n");
        Assert.Equal("InsecureEndpoint", Assert.Throws<DataProtectionException>(() => new AwsConnections().Connect(settings with { ProfileName = "team" })).ErrorId);
    }

    [Fact]
    public void The_environment_asks_for_FIPS_endpoints()
    {
        AwsConnectionSettings settings = Settings() with { EndpointUrl = null };
        Assert.Equal("https://kms.us-west-2.amazonaws.com", EndpointOf(settings));
        Set("AWS_USE_FIPS_ENDPOINT", "true");
        Assert.Equal("https://kms-fips.us-west-2.amazonaws.com", EndpointOf(settings));
        Assert.Equal("EndpointConflict", Assert.Throws<DataProtectionException>(() => new AwsConnections().Connect(Settings())).ErrorId);
        Set("AWS_USE_FIPS_ENDPOINT", "false");
        Assert.Equal("https://kms.us-west-2.amazonaws.com", EndpointOf(settings));
        Assert.Equal("https://kms-fips.us-west-2.amazonaws.com", EndpointOf(settings with { UseFipsEndpoint = true }));
    }

    [Fact]
    public async Task STS_follows_a_loopback_endpoint_unless_it_has_its_own()
    {
        using var sts = new HttpStub(Answer);
        AwsConnectionSettings settings = Settings() with { AccessKey = "AKIAGIVEN", SecretKey = "given-secret", RoleArn = RoleArn };
        Set("AWS_ENDPOINT_URL_STS", sts.Url);
        await SignsAsync("ASIASESSION1", settings);
        Assert.Equal(["AssumeRole"], sts.Operations);
        Set("AWS_ENDPOINT_URL_STS", "http://sts.example.com");
        await RefusedAsync("InsecureEndpoint", settings);
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL_CLOUDTRAIL")]
    [InlineData("AWS_ENDPOINT_URL")]
    public async Task CloudTrail_has_an_endpoint_of_its_own_and_the_same_credentials(string variable)
    {
        using var trail = new HttpStub(static _ => StubAnswer.Json("{}"));
        Set("AWS_ENDPOINT_URL_KMS", "https://kms.invalid");
        Set(variable, trail.Url);
        Set("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT");
        Set("AWS_SECRET_ACCESS_KEY", "secret");
        await foreach (EventHistoryPage page in new AwsConnections().ConnectToEventHistory(new AwsConnectionSettings { Region = "us-west-2" }).ReadAsync(new AuditFilter()))
        {
            Assert.Empty(page.Records);
        }

        Assert.Equal(("LookupEvents", "AKIAENVIRONMENT"), (Assert.Single(trail.Requests).Operation, trail.Requests.Single().AccessKey));
    }

    [Fact]
    public void An_unsafe_endpoint_of_STS_is_refused_before_KMS_is_asked()
    {
        AwsConnectionSettings settings = Settings() with { AccessKey = "AKIAGIVEN", SecretKey = "given-secret" };
        Set("AWS_ENDPOINT_URL_STS", "http://sts.example.com");
        Assert.Equal("InsecureEndpoint", Assert.Throws<DataProtectionException>(() => new AwsConnections().Connect(settings)).ErrorId);
        Set("AWS_ENDPOINT_URL_STS", null);
        Set("AWS_ENDPOINT_URL", "http://sts.example.com");
        settings = settings with { EndpointUrl = "https://kms.example.com" };
        Assert.Equal("InsecureEndpoint", Assert.Throws<DataProtectionException>(() => new AwsConnections().Connect(settings)).ErrorId);
    }

    [Fact]
    public async Task STS_follows_a_loopback_endpoint_of_the_environment_too()
    {
        Set("AWS_ENDPOINT_URL_KMS", _stub.Url);
        await SignsAsync("AKIAGIVEN", Settings() with { EndpointUrl = null, AccessKey = "AKIAGIVEN", SecretKey = "given-secret" });
        Assert.Single(_stub.Requests, static request => request.Operation == "GetCallerIdentity");
    }

    [Fact]
    public async Task Shared_files_that_are_named_anew_in_a_session_count_at_once()
    {
        var connections = new AwsConnections();
        AwsConnectionSettings settings = Settings() with { ProfileName = "team", Region = null };
        WriteCredentials("[team]\naws_access_key_id=AKIAFIRST\naws_secret_access_key=first-secret\n");
        WriteConfig("[profile team]\nregion=us-west-2\n");
        await SignsAsync("AKIAFIRST", settings, connections);

        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["other-credentials"], "[team]\naws_access_key_id=AKIASECOND\naws_secret_access_key=second-secret\n");
        await File.WriteAllTextAsync(folder["other-config"], "[profile team]\nregion=eu-west-1\n");
        Set("AWS_SHARED_CREDENTIALS_FILE", folder["other-credentials"]);
        await SignsAsync("AKIASECOND", settings, connections);
        Set("AWS_CONFIG_FILE", folder["other-config"]);
        Assert.Equal("eu-west-1", connections.Connect(settings).Region);

        // A file that is named and is not there is not another's.
        Set("AWS_SHARED_CREDENTIALS_FILE", folder["none"]);
        await RefusedAsync("ProfileInvalid", settings);
    }

    [Fact]
    public async Task The_secrets_with_which_a_profile_assumes_its_role_are_withheld()
    {
        WriteCredentials("[base]\naws_access_key_id=AKIABASE\naws_secret_access_key=base-secret\n");
        WriteConfig("[profile team]\nrole_arn=arn:aws:iam::111122223333:role/Echo\nsource_profile=base\n");
        DataProtectionException failure = await RefusedAsync("AccessDenied", Settings() with { ProfileName = "team" });
        Assert.DoesNotContain("base-secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_of_two_connections_of_one_session_keeps_its_own_prompt_and_time_limit()
    {
        WriteCredentials("[base]\naws_access_key_id=AKIABASE\naws_secret_access_key=base-secret\n");
        WriteConfig($"[profile team]\nrole_arn={RoleArn}\nsource_profile=base\nmfa_serial=arn:aws:iam::111122223333:mfa/device\n");
        var connections = new AwsConnections();
        AwsConnectionSettings settings = Settings() with { ProfileName = "team" };
        IKms attended = connections.Connect(settings with { MfaTokenProvider = static _ => "123456" });
        IKms unattended = connections.Connect(settings);
        var refused = await Assert.ThrowsAsync<DataProtectionException>(() => unattended.GetKeyRotationStatusAsync(Key, default));
        Assert.Equal("MfaCodeNeeded", refused.ErrorId);
        await attended.GetKeyRotationStatusAsync(Key, default);
        Assert.Equal("123456", _stub.Requests.Single(static request => request.Operation == "AssumeRole").Form("TokenCode"));

        IKms hasty = connections.Connect(settings with { Timeout = TimeSpan.FromMilliseconds(200) });
        connections.Connect(settings with { Timeout = TimeSpan.FromHours(1) });
        refused = await Assert.ThrowsAsync<DataProtectionException>(() => hasty.DescribeKeyAsync(Key, default));
        Assert.Equal("TimedOut", refused.ErrorId);
    }

    private static string EndpointOf(AwsConnectionSettings settings) => new AwsSession(settings, "us-west-2").Kms("us-west-2")
        .DetermineServiceOperationEndpoint(new Amazon.KeyManagementService.Model.DescribeKeyRequest()).URL.TrimEnd('/');

    private static string RegionOf(AwsConnectionSettings settings) => new AwsConnections().Connect(settings).Region;

    private AwsConnectionSettings Settings() => new() { Region = "us-west-2", EndpointUrl = _stub.Url };

    private void Set(string name, string? value)
    {
        _variables.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private static void WriteCredentials(string text) => File.WriteAllText(AwsTestEnvironment.CredentialsFile, text);

    private static void WriteConfig(string text) => File.WriteAllText(AwsTestEnvironment.ConfigFile, text);

    private async Task SignsAsync(string accessKey, AwsConnectionSettings settings, AwsConnections? connections = null)
    {
        Assert.Equal(accessKey, await UseAsync((connections ?? new AwsConnections()).Connect(settings)));
    }

    // The access key with which a call was signed.
    private async Task<string> UseAsync(IKms kms)
    {
        await kms.GetKeyRotationStatusAsync(Key, default);
        return _stub.Requests.Last(static request => request.Operation == "GetKeyRotationStatus").AccessKey;
    }

    private static async Task<DataProtectionException> RefusedAsync(string errorId, AwsConnectionSettings settings)
    {
        var failure = await Assert.ThrowsAnyAsync<DataProtectionException>(() => new AwsConnections().Connect(settings).GetKeyRotationStatusAsync(Key, default));
        Assert.Equal(errorId, failure.ErrorId);
        Assert.DoesNotContain('\n', failure.Message);
        return failure;
    }

    private StubAnswer Answer(StubRequest request) => request.Operation switch
    {
        "GetCallerIdentity" => StubAnswer.Caller(),
        "DescribeKey" => StubAnswer.Hang,
        "AssumeRole" when request.Form("RoleArn")!.EndsWith("/Echo", StringComparison.Ordinal) => StubAnswer.StsError("AccessDenied", "It was signed with base-secret"),
        "AssumeRole" when request.Form("RoleArn") != RoleArn => StubAnswer.StsError("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole"),
        "AssumeRole" => StubAnswer.Role(
            string.Create(CultureInfo.InvariantCulture, $"ASIASESSION{Interlocked.Increment(ref _sessions)}"), "assumed-secret", "assumed-token", DateTime.UtcNow + _sessionTime),
        "DisableKey" => StubAnswer.Error("AccessDeniedException", "The token was assumed-token and the secret assumed-secret."),
        _ => StubAnswer.Json("""{"KeyRotationEnabled":true}"""),
    };
}
