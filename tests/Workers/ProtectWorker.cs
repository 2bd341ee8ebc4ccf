using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Workers;

/// <summary>Protects and opens one document, over and over. Prints <c>protected {event id}</c> and <c>opened {event id}</c>.</summary>
internal static class ProtectWorker
{
    public static async Task RunAsync(string store, string role, string workflow, string source, int count)
    {
        IKms kms = LocalKmsStore.Open(store).ForCaller(LocalCaller.AssumeRole(PrincipalArn.ParseRole(role), "worker"), "us-west-2");
        var protector = new WorkflowProtector(kms);
        var protection = new ProtectionSettings { WorkflowArn = WorkflowArn.Parse(workflow), Keys = [KeyIdentifier.Parse("alias/Workflows")] };
        var opening = new OpeningSettings { WorkflowArn = workflow };
        for (int i = 0; i < count; i++)
        {
            ProtectedWorkflow sealedWorkflow = await protector.ProtectFileAsync(
                source, source + ".encrypted", protection, replace: true, CancellationToken.None);
            Console.WriteLine($"protected {sealedWorkflow.AuditEvent!.EventId}");
            WorkflowDocument opened = await protector.OpenFileAsync(
                source + ".encrypted", source + ".opened", opening, keepContent: false, replace: true, CancellationToken.None);
            Console.WriteLine($"opened {opened.AuditEvent!.EventId}");
        }
    }
}
