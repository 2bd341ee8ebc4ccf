using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>
/// A folder with a local KMS that has a key, alias/ExampleKMSKey, and a workflow document. Its scripts find in variables
/// the $folder, the execution $role, the $workflow's ARN, and in $kms the parameters that name the local KMS; ThroughJob makes of
/// objects what a job hands over of them.
/// </summary>
public sealed class Scenario : IDisposable
{
    /// <summary>The execution role.</summary>
    public const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";

    /// <summary>The workflow's ARN.</summary>
    public const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    /// <summary>The workflow document's text.</summary>
    public const string Document = "name: sample-encrypted-workflow\nschemaVersion: 1.0\nsteps: []\n";

    private const string Preamble = """
        param($folder, $role, $workflow)
        $kms = @{ LocalKms = "$folder/kms"; Region = 'us-west-2' }
        $protect = $kms + @{ KeyId = 'alias/ExampleKMSKey'; RoleArn = $role }
        $open = $kms + @{ WorkflowArn = $workflow; RoleArn = $role }
        filter ThroughJob { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_, 1)) }

        """;

    private readonly Engine _engine;

    /// <summary>Makes the folder, the key and the document build.yml.</summary>
    public Scenario(Engine engine)
    {
        _engine = engine;
        Folder.Write("build.yml", Document);
        Run("New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias ExampleKMSKey @kms").NoErrors();
    }

    /// <summary>The folder.</summary>
    public TemporaryFolder Folder { get; } = new();

    /// <summary>Runs a script.</summary>
    public ScriptResult Run(string script) => _engine.Run(Preamble + script, Variables);

    /// <summary>A script that is yet to be run.</summary>
    public PowerShell Shell(string script) => _engine.Shell(Preamble + script, Variables);

    /// <summary>Shows what a user would see of a script.</summary>
    public string Show(string script) => _engine.Show(Preamble + script, Variables);

    /// <summary>Serves the local KMS over HTTP, with credentials of the account's root.</summary>
    public (string Url, string AccessKey, string SecretKey) StartEndpoint()
    {
        ScriptResult result = Run("""
            $endpoint = Start-IBLocalKms "$folder/kms" -AccountId 111122223333
            $endpoint.Url; $endpoint.Credentials.AccessKeyId; $endpoint.Credentials.SecretAccessKey
            """).NoErrors();
        return (result.Output[0].ToString(), result.Output[1].ToString(), result.Output[2].ToString());
    }

    /// <summary>Protects build.yml as build.yml.encrypted.</summary>
    public Scenario WithProtected()
    {
        Run("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect").NoErrors();
        return this;
    }

    /// <summary>The files beside the local KMS.</summary>
    public string[] Files => [.. Folder.Files.Where(static file => !file.StartsWith("kms/", StringComparison.Ordinal))];

    /// <summary>The events in the trail, each with its error code.</summary>
    public string[] Trail() =>
        [.. Run("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents | ForEach-Object { \"$($_.EventName) $($_.ErrorCode)\".Trim() }")
            .NoErrors().Output.Select(static line => line.ToString())];

    /// <inheritdoc />
    public void Dispose() => Folder.Dispose();

    private (string Name, object? Value)[] Variables => [("folder", Folder.Path), ("role", Role), ("workflow", Workflow)];
}
