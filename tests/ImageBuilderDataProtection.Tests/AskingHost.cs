using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>A host with a user who answers every question for a secret in the same way.</summary>
/// <param name="answer">The answer.</param>
/// <param name="output">Takes what is written.</param>
internal sealed class AskingHost(string answer, TextWriter output) : PSHost
{
    public override string Name => "Asking";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI { get; } = new AskingUserInterface(answer, output);

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override void SetShouldExit(int exitCode)
    {
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    private sealed class AskingUserInterface(string answer, TextWriter output) : PSHostUserInterface
    {
        public override PSHostRawUserInterface RawUI => null!;

        public override SecureString ReadLineAsSecureString()
        {
            var secret = new SecureString();
            foreach (char character in answer)
            {
                secret.AppendChar(character);
            }

            return secret;
        }

        public override void Write(string value) => output.Write(value);

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

        public override void WriteLine(string value) => output.WriteLine(value);

        public override void WriteErrorLine(string value) => output.WriteLine(value);

        public override void WriteWarningLine(string message) => output.WriteLine(message);

        public override void WriteVerboseLine(string message) => output.WriteLine(message);

        public override void WriteDebugLine(string message) => output.WriteLine(message);

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override string ReadLine() => throw new NotSupportedException();

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw new NotSupportedException();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();

        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
            throw new NotSupportedException();

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw new NotSupportedException();
    }
}
