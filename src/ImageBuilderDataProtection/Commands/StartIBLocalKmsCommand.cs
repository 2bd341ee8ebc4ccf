using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Kms.Local.Endpoint;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Start-IBLocalKms: serves a local KMS on 127.0.0.1.</summary>
[Cmdlet(VerbsLifecycle.Start, "IBLocalKms", SupportsShouldProcess = true)]
[OutputType(typeof(LocalKmsEndpoint))]
public sealed class StartIBLocalKmsCommand : DataProtectionCmdlet
{
    /// <summary>The folder of the local KMS.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string LocalKms { get; set; } = null!;

    /// <summary>The port; 0 for a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>The account of whose root the credentials are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AccountId { get; set; }

    /// <summary>The role of which the credentials are a session.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RoleArn { get; set; }

    /// <summary>The name of the role's session.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RoleSessionName { get; set; }

    /// <summary>The only region that is answered for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord() => ForInput(LocalKms, Start);

    private void Start()
    {
        var settings = new LocalKmsEndpointSettings
        {
            Port = Port == 0 ? null : Port,
            Account = AccountId,
            Role = RoleArn is null ? null : PrincipalArn.ParseRole(RoleArn),
            RoleSessionName = RoleSessionName ?? LocalCaller.DefaultSessionName,
            Region = Region,
        };
        string folder = Files.Unresolved(LocalKms);
        if (ShouldProcess(folder, "Serve the local KMS on 127.0.0.1"))
        {
            LocalKmsEndpoint endpoint = LocalKmsEndpoint.Start(folder, settings);
            SessionEndpoints.Add(Runspace.DefaultRunspace, endpoint);
            WriteObject(endpoint);
        }
    }
}
