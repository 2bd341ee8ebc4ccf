using System.Management.Automation;
using System.Net.Sockets;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class LocalKmsEndpointTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new(engine);

    public void Dispose()
    {
        engine.Run("Stop-IBLocalKms").NoErrors();
        _scenario.Dispose();
    }

    [Fact]
    public void It_serves_until_it_is_stopped()
    {
        PSObject endpoint = _scenario.Run("Start-IBLocalKms $kms.LocalKms").Only();
        int port = Port(endpoint);
        Assert.True(Answers(port));
        Assert.Equal("arn:aws:iam::111122223333:root", endpoint.Properties["Principal"].Value);
        Assert.Equal(true, endpoint.Properties["IsRunning"].Value);
        Assert.Empty(engine.Run("param($endpoint) $endpoint | Stop-IBLocalKms; $endpoint | Stop-IBLocalKms", ("endpoint", endpoint)).NoErrors().Output);
        Assert.False(Answers(port));
        Assert.Equal(false, endpoint.Properties["IsRunning"].Value);
    }

    [Fact]
    public void Without_input_all_of_the_session_stop_and_with_an_empty_one_none()
    {
        PSObject[] endpoints = [.. _scenario.Run("Start-IBLocalKms $kms.LocalKms; Start-IBLocalKms \"$folder/new\" -AccountId 444455556666 -Region us-west-2").NoErrors().Output];
        int[] ports = [.. endpoints.Select(Port)];
        _scenario.Run("@() | Stop-IBLocalKms").NoErrors();
        Assert.All(ports, static port => Assert.True(Answers(port)));
        _scenario.Run("Stop-IBLocalKms -WhatIf").NoErrors();
        Assert.All(ports, static port => Assert.True(Answers(port)));
        _scenario.Run("Stop-IBLocalKms").NoErrors();
        Assert.All(ports, static port => Assert.False(Answers(port)));
    }

    [Theory]
    [InlineData("Remove-Module ImageBuilderDataProtection")]
    [InlineData("")]
    public void It_ends_with_the_module_and_with_the_session(string script)
    {
        using var folder = new TemporaryFolder();
        var session = new Engine();
        PSObject endpoint = session.Run("param($folder) Start-IBLocalKms $folder/kms -AccountId 111122223333", ("folder", folder.Path)).Only();
        int port = Port(endpoint);
        Assert.True(Answers(port));
        if (script.Length > 0)
        {
            session.Run(script).NoErrors();
            Assert.False(Answers(port));
        }

        session.Dispose();
        Assert.False(Answers(port));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "kms", "credentials")));
    }

    [Fact]
    public void Its_views_show_the_URL_and_the_access_key_id_and_nothing_secret()
    {
        PSObject endpoint = _scenario.Run("Start-IBLocalKms $kms.LocalKms -RoleArn $role").Only();
        dynamic credentials = endpoint.Properties["Credentials"].Value;
        string secret = credentials.SecretAccessKey, token = credentials.SessionToken, id = credentials.AccessKeyId;
        foreach (string script in (string[])["$endpoint", "$endpoint.Credentials", "'text'; $endpoint; $endpoint.Credentials", "\"$endpoint $($endpoint.Credentials)\""])
        {
            string shown = engine.Show("param($endpoint) " + script, ("endpoint", endpoint));
            Assert.Contains(id, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(token[..20], shown, StringComparison.Ordinal);
            Assert.All(shown.Split('\n'), static line => Assert.True(line.Length <= 80, line));
        }

        Assert.Contains($"http://127.0.0.1:{Port(endpoint)}", engine.Show("param($endpoint) $endpoint", ("endpoint", endpoint)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_has_what_clients_read()
    {
        string[] names =
        [
            .. _scenario.Run("(Start-IBLocalKms $kms.LocalKms -RoleArn $role -RoleSessionName build).ToEnvironment('us-west-2').GetEnumerator() | ForEach-Object { $_.Key }")
                .NoErrors().Output.Select(static name => name.ToString()),
        ];
        Assert.Equal(
            [
                "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_CLOUDTRAIL", "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL_STS", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
            ],
            names);
    }

    [Fact]
    public void WhatIf_starts_nothing_and_makes_no_folder()
    {
        Assert.Empty(_scenario.Run("Start-IBLocalKms \"$folder/new\" -AccountId 111122223333 -WhatIf").NoErrors().Output);
        Assert.False(Directory.Exists(Path.Combine(_scenario.Folder.Path, "new")));
    }

    [Theory]
    [InlineData("Start-IBLocalKms \"$folder/new\"", "AccountUnknown", ErrorCategory.InvalidArgument, "-AccountId")]
    [InlineData("Start-IBLocalKms $folder -AccountId 111122223333", "NotALocalKms", ErrorCategory.InvalidArgument, "something other")]
    [InlineData("Start-IBLocalKms $kms.LocalKms -AccountId 12", "InvalidAccount", ErrorCategory.InvalidArgument, "twelve digits")]
    [InlineData("Start-IBLocalKms $kms.LocalKms -Region West", "InvalidRegion", ErrorCategory.InvalidArgument, "us-west-2")]
    [InlineData("Start-IBLocalKms $kms.LocalKms -RoleArn arn:aws:iam::111122223333:user/u", "NotARole", ErrorCategory.InvalidArgument, "user/u")]
    [InlineData("$first = Start-IBLocalKms $kms.LocalKms; Start-IBLocalKms $kms.LocalKms -Port $first.Url.Port", "PortUnavailable", ErrorCategory.ResourceUnavailable, "port")]
    public void What_is_wrong_is_one_error(string script, string errorId, ErrorCategory category, string text)
    {
        ErrorRecord error = _scenario.Run(script).Error();
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(text, error.ToString(), StringComparison.Ordinal);
    }

    private static int Port(PSObject endpoint) => ((Uri)endpoint.Properties["Url"].Value).Port;

    private static bool Answers(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
