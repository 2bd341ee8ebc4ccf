using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Workflows;

// A process that tests start, several at once, and kill at any moment. It prints a line after each thing it has done, so
// that the test knows what must have lasted.
//
//   protect STORE ROLE WORKFLOW SOURCE COUNT   protects SOURCE to SOURCE.encrypted and opens that to SOURCE.opened, COUNT times
LocalKmsStore store = LocalKmsStore.Open(args[1]);
IKms kms = store.ForCaller(LocalCaller.AssumeRole(PrincipalArn.ParseRole(args[2]), "worker"), "us-west-2");
var protector = new WorkflowProtector(kms);
var protection = new ProtectionSettings { WorkflowArn = WorkflowArn.Parse(args[3]), Keys = [KeyIdentifier.Parse("alias/Workflows")] };
var opening = new OpeningSettings { WorkflowArn = args[3] };
string source = args[4];
int count = int.Parse(args[5], System.Globalization.CultureInfo.InvariantCulture);

for (int i = 0; i < count; i++)
{
    ProtectedWorkflow sealedWorkflow = await protector.ProtectFileAsync(
        source, source + ".encrypted", protection, replace: true, CancellationToken.None);
    Console.WriteLine($"protected {sealedWorkflow.AuditEvent!.EventId}");
    WorkflowDocument opened = await protector.OpenFileAsync(
        source + ".encrypted", source + ".opened", opening, keepContent: false, replace: true, CancellationToken.None);
    Console.WriteLine($"opened {opened.AuditEvent!.EventId}");
}
