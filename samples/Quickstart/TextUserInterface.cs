using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace ImageBuilderDataProtection.Quickstart;

/// <summary>Writes what the engine prints to two writers.</summary>
/// <param name="output">Takes output.</param>
/// <param name="error">Takes errors, warnings, verbose and debug lines.</param>
/// <param name="width">The number of columns.</param>
/// <param name="colours">Whether the writers understand a terminal's escape sequences; otherwise they are taken out.</param>
internal sealed class TextUserInterface(TextWriter output, TextWriter error, int width, bool colours) : PSHostUserInterface
{
    /// <inheritdoc />
    public override PSHostRawUserInterface RawUI { get; } = new TextRawUserInterface(width);

    /// <inheritdoc />
    public override bool SupportsVirtualTerminal => colours;

    /// <inheritdoc />
    public override void Write(string value) => output.Write(GetOutputString(value, colours));

    /// <inheritdoc />
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    /// <inheritdoc />
    public override void WriteLine(string value) => output.WriteLine(GetOutputString(value, colours));

    /// <inheritdoc />
    public override void WriteErrorLine(string value) => error.WriteLine(GetOutputString(value, colours));

    /// <inheritdoc />
    public override void WriteWarningLine(string message) => error.WriteLine($"WARNING: {message}");

    /// <inheritdoc />
    public override void WriteVerboseLine(string message) => error.WriteLine($"VERBOSE: {message}");

    /// <inheritdoc />
    public override void WriteDebugLine(string message) => error.WriteLine($"DEBUG: {message}");

    /// <inheritdoc />
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    /// <inheritdoc />
    public override string ReadLine() => throw NoQuestions();

    /// <inheritdoc />
    public override SecureString ReadLineAsSecureString() => throw NoQuestions();

    /// <inheritdoc />
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw NoQuestions();

    /// <inheritdoc />
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw NoQuestions();

    /// <inheritdoc />
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw NoQuestions();

    /// <inheritdoc />
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        throw NoQuestions();

    private static NotSupportedException NoQuestions() => new("This host asks nothing; give every mandatory parameter.");
}
