using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ImageBuilderDataProtection.Kms.Local.Endpoint;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Stop-IBLocalKms: stops serving, and revokes the credentials.</summary>
[Cmdlet(VerbsLifecycle.Stop, "IBLocalKms", SupportsShouldProcess = true)]
public sealed class StopIBLocalKmsCommand : DataProtectionCmdlet
{
    /// <summary>The endpoints; all of this session when none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public LocalKmsEndpoint[]? InputObject { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        // An empty pipeline is not a wish to stop everything: then there is no record to process.
        foreach (IDisposable endpoint in InputObject ?? SessionEndpoints.Of(Runspace.DefaultRunspace))
        {
            ForInput(endpoint, () =>
            {
                if (ShouldProcess(endpoint.ToString()!, "Stop serving the local KMS"))
                {
                    SessionEndpoints.Stop(endpoint);
                }
            });
        }
    }
}
