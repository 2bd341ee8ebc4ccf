using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class ReportTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const string Events = "Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents";

    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    private string Page => File.ReadAllText(_scenario.Folder["report.html"]);

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void Events_become_a_page()
    {
        _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -Destination \"$folder/opened.yml\"").NoErrors();
        PSObject file = _scenario.Run(Events + " | Export-IBKmsAuditReport \"$folder/report.html\" -Title 'Uses of <our> key'").Only();
        Assert.Equal(_scenario.Folder["report.html"], Assert.IsType<FileInfo>(file.BaseObject).FullName);
        Assert.EndsWith("report.html", (string)file.Properties["PSPath"].Value, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>\n", Page, StringComparison.Ordinal);
        Assert.Contains("<title>Uses of &#60;our&#62; key</title>", Page, StringComparison.Ordinal);
        foreach (string shown in (string[])["GenerateDataKey", "Decrypt", "CreateKey", "build/sample-encrypted-workflow/1.0.0/*", "role/YourImageBuilderExecutionRole"])
        {
            Assert.Contains($"<bdi>{shown}</bdi>", Page, StringComparison.Ordinal);
        }

        Assert.Contains($"<dt>Workflow</dt><dd>{Scenario.Workflow}</dd>", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Denied_calls_are_told_with_the_words_of_KMS()
    {
        _scenario.Run("$open.RoleArn = 'arn:aws:iam::111122223333:role/Stranger'; Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -PassThru").Error();
        _scenario.Run(Events + " | Where-Object IsDenied | Export-IBKmsAuditReport \"$folder/report.html\" -MaxRows 0").Only();
        Assert.Contains("<bdi>role/Stranger</bdi>", Page, StringComparison.Ordinal);
        Assert.Contains("is not authorized to perform: kms:Decrypt", Page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"table\"", Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@() | Export-IBKmsAuditReport \"$folder/report.html\"")]
    [InlineData("$null | Export-IBKmsAuditReport \"$folder/report.html\"")]
    [InlineData("Export-IBKmsAuditReport \"$folder/report.html\" -InputObject @()")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -EventName Encrypt | Export-IBKmsAuditReport \"$folder/report.html\"")]
    public void Without_events_it_is_a_page_that_says_so(string script)
    {
        _scenario.Run(script).Only();
        Assert.Contains("There are no events", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_that_have_come_through_a_job_make_the_same_page()
    {
        _scenario.Run(Events + " | Export-IBKmsAuditReport \"$folder/report.html\"").Only();
        string live = BelowTheTimeItIsMade(Page);
        _scenario.Run(Events + " | ThroughJob | Export-IBKmsAuditReport \"$folder/report.html\" -Force").Only();
        Assert.Contains("CreateKey", live, StringComparison.Ordinal);
        Assert.Equal(live, BelowTheTimeItIsMade(Page));

        static string BelowTheTimeItIsMade(string page) => page[page.IndexOf("</header>", StringComparison.Ordinal)..];
    }

    [Theory]
    [InlineData("Get-Command -Module ImageBuilderDataProtection", "A System.Management.Automation.CmdletInfo is no audit event")]
    [InlineData(Events + " | ThroughJob | ForEach-Object { $_.Json = $null; $_ }", "has lost its record")]
    public void What_is_no_event_ends_the_command_with_one_error_and_no_page(string script, string says)
    {
        ErrorRecord error = _scenario.Run(script + " | Export-IBKmsAuditReport \"$folder/report.html\" -ErrorAction SilentlyContinue").Error();
        Assert.StartsWith("AuditEventExpected,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains(says, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("report.html", _scenario.Files);
    }

    [Fact]
    public void An_existing_file_is_refused_before_an_event_is_read_and_replaced_with_Force()
    {
        _scenario.Folder.Write("report.html", "old");
        ScriptResult refused = _scenario.Run("& { $script:read = $true; " + Events + " } | Export-IBKmsAuditReport \"$folder/report.html\"; $script:read");
        ProtectTests.AssertError(refused.Error(), "TargetExists", ErrorCategory.ResourceExists, _scenario.Folder["report.html"]);
        Assert.DoesNotContain(refused.Output, static output => output?.BaseObject is true);
        Assert.Equal("old", Page);
        _scenario.Run(Events + " | Export-IBKmsAuditReport \"$folder/report.html\" -Force").Only();
        Assert.StartsWith("<!DOCTYPE html>", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_and_a_folder_in_place_of_a_file_are_refused()
    {
        ProtectTests.AssertError(_scenario.Run("@() | Export-IBKmsAuditReport \"$folder/none/report.html\"").Error(), "FolderNotFound", ErrorCategory.ObjectNotFound, _scenario.Folder["none/report.html"]);
        ProtectTests.AssertError(_scenario.Run("@() | Export-IBKmsAuditReport $folder -Force").Error(), "TargetNotRegularFile", ErrorCategory.ResourceExists, _scenario.Folder.Path);
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        ScriptResult result = _scenario.Run(Events + " | Export-IBKmsAuditReport \"$folder/report.html\" -WhatIf").NoErrors();
        Assert.Empty(result.Output);
        Assert.Contains($"Write a report of {_scenario.Trail().Length} audit events", result.HostText, StringComparison.Ordinal);
        Assert.Contains("Write a report of 1 audit event\"", _scenario.Run(Events + " -First 1 | Export-IBKmsAuditReport \"$folder/report.html\" -WhatIf").HostText, StringComparison.Ordinal);
        Assert.DoesNotContain("report.html", _scenario.Files);
    }

    [Fact]
    public void A_path_is_taken_as_it_stands()
    {
        _scenario.Run("@() | Export-IBKmsAuditReport \"$folder/report[1].html\"").Only();
        _scenario.Run("$null = $ExecutionContext.SessionState.Path.SetLocation($folder); @() | Export-IBKmsAuditReport -LiteralPath report*.html").Only();
        Assert.Equal(["report*.html", "report[1].html"], _scenario.Files.Where(static file => file.StartsWith("report", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Stopping_leaves_nothing()
    {
        using var started = new ManualResetEventSlim();
        using PowerShell shell = engine.Shell(
            "param($folder, $kms, $started) & { while ($true) { Get-IBKmsAuditEvent -LocalKms $kms -AllKmsEvents; $started.Set() } } | Export-IBKmsAuditReport \"$folder/report.html\"",
            ("folder", _scenario.Folder.Path), ("kms", _scenario.Folder["kms"]), ("started", started));
        Task run = Task.Factory.FromAsync(shell.BeginInvoke(), shell.EndInvoke);
        Assert.True(started.Wait(TimeSpan.FromMinutes(1)));
        await shell.StopAsync(callback: null, state: null);
        await Assert.ThrowsAnyAsync<RuntimeException>(() => run);
        Assert.DoesNotContain(_scenario.Files, static file => file.Contains("report", StringComparison.Ordinal) || file.EndsWith(".ibtmp", StringComparison.Ordinal));
    }
}
