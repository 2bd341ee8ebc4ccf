using System.Globalization;
using System.Management.Automation;
using ImageBuilderDataProtection.ModuleTests.Faults;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Several files at a time: order, limits, files that inputs share, and stopping.</summary>
public sealed class BatchTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const int Count = 24;
    private const string Arn = "{ \"arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/$($_.Name -replace '\\.yml.*')/1.0.0/*\" }";

    private readonly Scenario _scenario = new(engine);

    public void Dispose()
    {
        engine.Run("Stop-IBLocalKms").NoErrors();
        _scenario.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    public void Output_and_errors_come_in_the_order_of_the_inputs_and_each_has_its_own_workflow(int throttleLimit)
    {
        Write(Count);
        _scenario.Folder.Write("in/w05.yml.encrypted", "taken");
        _scenario.Folder.Write("in/w17.yml.encrypted", "taken");
        ScriptResult result = _scenario.Run($$"""
            $files = 0..{{Count - 1}} | ForEach-Object { [IO.FileInfo]("$folder/in/w{0:00}.yml" -f $_) }
            $files | Protect-IBWorkflow @protect -ThrottleLimit {{throttleLimit}} -WorkflowArn {{Arn}} | ForEach-Object { "$($_.ContextWorkflowArn) $($_.SourcePath)" }
            """);
        int[] done = [.. Enumerable.Range(0, Count).Except([5, 17])];
        Assert.Equal(
            done.Select(i => $"arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/w{i:00}/1.0.0/* {_scenario.Folder[$"in/w{i:00}.yml"]}"),
            result.Output.Select(static line => line.ToString()));
        Assert.Equal([_scenario.Folder["in/w05.yml"], _scenario.Folder["in/w17.yml"]], result.Errors.Select(static error => error.TargetObject));
        Assert.All(result.Errors, static error => Assert.StartsWith("TargetExists,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal("taken", File.ReadAllText(_scenario.Folder["in/w17.yml.encrypted"]));
        Assert.Equal(done.Length, _scenario.Trail().Count(static line => line == "GenerateDataKey"));
    }

    [Fact]
    public void Opening_and_updating_many_keep_the_order_too()
    {
        Write(Count);
        ScriptResult result = _scenario.Run($$"""
            $files = 0..{{Count - 1}} | ForEach-Object { [IO.FileInfo]("$folder/in/w{0:00}.yml" -f $_) }
            $made = $files | Protect-IBWorkflow @protect -Unsigned -WorkflowArn {{Arn}}
            $updated = $made | ForEach-Object { [IO.FileInfo]$_.Path } | Update-IBWorkflowProtection @kms -RoleArn $role -Signed -WorkflowArn {{Arn}}
            $updated | ForEach-Object { [IO.FileInfo]$_.Path } | Unprotect-IBWorkflow @kms -RoleArn $role -Destination "$folder/open/" -WorkflowArn {{Arn}} |
                ForEach-Object { [IO.File]::ReadAllText($_.Path) }
            @($updated | Where-Object IsSigned).Count
            """).NoErrors();
        Assert.Equal([.. Enumerable.Range(0, Count).Select(static i => (object)$"name: w{i:00}\n"), Count], result.Output.Select(static value => value.BaseObject));
    }

    [Fact]
    public void Inputs_that_share_a_file_come_one_after_the_other()
    {
        // The first update binds the file to another workflow, which the second must find, and the third cannot.
        _scenario.WithProtected();
        const string Second = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/second/1.0.0/*";
        const string Third = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/third/1.0.0/*";
        ScriptResult result = _scenario.Run($$"""
            $file = "$folder/build.yml.encrypted"
            @(
                [pscustomobject]@{ PSPath = $file; WorkflowArn = $workflow;  NewWorkflowArn = '{{Second}}' }
                [pscustomobject]@{ PSPath = $file; WorkflowArn = '{{Second}}'; NewWorkflowArn = '{{Third}}' }
                [pscustomobject]@{ PSPath = $file; WorkflowArn = $workflow;  NewWorkflowArn = '{{Second}}' }
            ) | Update-IBWorkflowProtection @kms -RoleArn $role | ForEach-Object ContextWorkflowArn
            """);
        Assert.Equal([Second, Third], result.Output.Select(static value => value.BaseObject));
        ProtectTests.AssertError(result.Error(), "EncryptionContextMismatch", ErrorCategory.SecurityError, _scenario.Folder["build.yml.encrypted"]);
    }

    [Fact]
    public void An_input_may_be_what_the_batch_makes_of_another()
    {
        ScriptResult result = _scenario.Run("""
            Protect-IBWorkflow "$folder/build.yml", "$folder/build.yml.encrypted" -WorkflowArn $workflow @protect | ForEach-Object SourcePath
            """);
        Assert.Equal([_scenario.Folder["build.yml"]], result.Output.Select(static value => value.BaseObject));
        ProtectTests.AssertError(result.Error(), "AlreadyProtected", ErrorCategory.InvalidArgument, _scenario.Folder["build.yml.encrypted"]);
    }

    [Fact]
    public void Two_inputs_with_one_target_are_one_file_and_one_error_even_with_Force()
    {
        _scenario.Folder.Write("a/build.yml", "a");
        _scenario.Folder.Write("b/build.yml", "b");
        ScriptResult result = _scenario.Run("""
            Protect-IBWorkflow "$folder/a/build.yml", "$folder/b/build.yml" -Destination "$folder/out/" -Force -WorkflowArn $workflow @protect | ForEach-Object SourcePath
            """);
        Assert.Equal([_scenario.Folder["a/build.yml"]], result.Output.Select(static value => value.BaseObject));
        ProtectTests.AssertError(result.Error(), "TargetGivenTwice", ErrorCategory.ResourceExists, _scenario.Folder["b/build.yml"]);
    }

    [Fact]
    public void What_is_not_approved_is_not_started_and_asked_for_in_order()
    {
        Write(3);
        ScriptResult result = _scenario.Run("""
            $files = 0..2 | ForEach-Object { "$folder/in/w{0:00}.yml" -f $_ }
            Protect-IBWorkflow $files -WorkflowArn $workflow @protect -WhatIf
            """).NoErrors();
        Assert.Empty(result.Output);
        int[] asked = [.. Enumerable.Range(0, 3).Select(i => result.HostText.IndexOf($"w{i:00}.yml.encrypted", StringComparison.Ordinal))];
        Assert.All(asked, static position => Assert.NotEqual(-1, position));
        Assert.Equal(asked.Order(), asked);
        Assert.DoesNotContain("GenerateDataKey", _scenario.Trail());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void A_throttle_limit_is_1_to_64(int throttleLimit) => Assert.StartsWith(
        "ParameterArgumentValidationError,",
        _scenario.Run($"Protect-IBWorkflow x -WorkflowArn $workflow @protect -ThrottleLimit {throttleLimit}").Error().FullyQualifiedErrorId,
        StringComparison.Ordinal);

    [Fact]
    public void What_stops_the_pipeline_stops_the_batch()
    {
        Write(200);
        ScriptResult result = _scenario.Run("""
            $files = 0..199 | ForEach-Object { "$folder/in/w{0:00}.yml" -f $_ }
            Protect-IBWorkflow $files -Destination "$folder/out/" -WorkflowArn $workflow @protect -ThrottleLimit 4 |
                ForEach-Object { if ($_.SourcePath -like '*w02.yml') { throw 'enough' } }
            """);
        Assert.Equal("enough", result.Error().ToString());
        string[] written = Directory.GetFiles(_scenario.Folder["out"]);

        // What was in the batch then may be there, whole; nothing is begun any more.
        Assert.InRange(written.Length, 3, 3 + (4 * 4));
        Assert.All(written, static file => Assert.EndsWith(".yml.encrypted", file, StringComparison.Ordinal));
        Assert.Equal(written, Directory.GetFiles(_scenario.Folder["out"]));
    }

    [Fact]
    public async Task Stopping_a_batch_ends_it_and_leaves_whole_files_only()
    {
        Write(40);
        (string url, string accessKey, string secretKey) = _scenario.StartEndpoint();

        // From the tenth on, no request is answered in full: the batch stands with all its places taken.
        await using var proxy = new FaultyProxy(
            url, accessKey, secretKey, static (workflow, _) => Number(workflow) < 10 ? ProxyFault.None : ProxyFault.Stall);
        using PowerShell shell = Start(proxy.Url, accessKey, secretKey, "-ThrottleLimit 6");
        Task<PSDataCollection<PSObject>> running = shell.InvokeAsync();
        await proxy.WaitForAsync(static calls => calls.Count(static call => call.Fault == ProxyFault.Stall) == 6);
        await shell.StopAsync(null, null);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);

        string[] expected = [.. Enumerable.Range(0, 10).Select(static i => $"out/w{i:00}.yml.encrypted")];
        Assert.Equal(expected, _scenario.Files.Where(static file => file.StartsWith("out/", StringComparison.Ordinal)));
        Assert.DoesNotContain(_scenario.Files, static file => file.EndsWith(".ibtmp", StringComparison.Ordinal));
        Assert.Equal(16, proxy.Calls.Count);
    }

    [Fact]
    public async Task There_are_never_more_at_work_than_the_limit()
    {
        Write(12);
        (string url, string accessKey, string secretKey) = _scenario.StartEndpoint();
        await using var proxy = new FaultyProxy(url, accessKey, secretKey, static (_, _) => ProxyFault.Late);
        using PowerShell shell = Start(proxy.Url, accessKey, secretKey, "-ThrottleLimit 3");
        Assert.Equal(12, (await shell.InvokeAsync()).Count);
        Assert.Equal(3, proxy.MostAtOnce);
    }

    [Theory]
    [InlineData("-LiteralPath $files", "1 of 2: ", 50)]
    [InlineData("-Path $files", "1 of 2: ", 50)]
    [InlineData("", "1: ", -1)]
    public async Task One_progress_bar_counts_what_is_done_and_of_how_many_where_that_is_known(string given, string shown, int percent)
    {
        Write(2);
        _scenario.Folder.Write("out/w01.yml.encrypted", "taken");
        (string url, string accessKey, string secretKey) = _scenario.StartEndpoint();
        await using var proxy = new FaultyProxy(url, accessKey, secretKey, static (_, _) => ProxyFault.Stall);
        using PowerShell shell = Start(proxy.Url, accessKey, secretKey, "-TimeoutSec 2 " + given);
        await shell.InvokeAsync();
        ProgressRecord[] records = [.. shell.Streams.Progress];

        // The first waits for an answer while the second has failed already, sooner or later.
        Assert.Contains(
            (shown + _scenario.Folder["in/w00.yml"], percent),
            records.Select(static record => (record.StatusDescription, record.PercentComplete)));
        Assert.Single(records.Select(static record => record.ActivityId).Distinct());
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
        Assert.Equal(["TimedOut", "TargetExists"], shell.Streams.Error.Select(static error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    private static int Number(string workflow) => int.Parse(workflow.Split("/w")[^1].Split('/')[0], CultureInfo.InvariantCulture);

    private void Write(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _scenario.Folder.Write($"in/w{i:00}.yml", $"name: w{i:00}\n");
        }
    }

    private PowerShell Start(string url, string accessKey, string secretKey, string more)
    {
        string[] files = [.. Directory.GetFiles(_scenario.Folder["in"]).Order(StringComparer.Ordinal)];
        bool isArray = more.Contains("$files", StringComparison.Ordinal);
        return engine.Shell(
            $$"""
            param($folder, $files, $url, $access, $secret)
            $arn = 'arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/'
            {{(isArray ? "" : "$files | ForEach-Object { [pscustomobject]@{ PSPath = $_; WorkflowArn = $arn + [IO.Path]::GetFileNameWithoutExtension($_) + '/1.0.0/*' } } |")}}
            Protect-IBWorkflow -KeyId alias/ExampleKMSKey -Destination "$folder/out/" -Region us-west-2 -EndpointUrl $url -AccessKey $access -SecretKey $secret {{more}} {{(isArray ? "-WorkflowArn ($arn + 'all/1.0.0/*')" : "")}}
            """,
            ("folder", _scenario.Folder.Path), ("files", files), ("url", url), ("access", accessKey), ("secret", secretKey));
    }
}
