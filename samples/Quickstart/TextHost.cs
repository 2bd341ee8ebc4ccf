using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace ImageBuilderDataProtection.Quickstart;

/// <summary>The smallest PowerShell host: writes text and never asks anything.</summary>
/// <param name="output">Takes output and what is not an error.</param>
/// <param name="error">Takes errors and warnings.</param>
/// <param name="width">How many columns the formatter may use.</param>
/// <param name="colours">Whether the writers understand a terminal's escape sequences.</param>
internal sealed class TextHost(TextWriter output, TextWriter error, int width, bool colours) : PSHost
{
    /// <inheritdoc />
    public override string Name => "Quickstart";

    /// <inheritdoc />
    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    /// <inheritdoc />
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc />
    public override PSHostUserInterface UI { get; } = new TextUserInterface(output, error, width, colours);

    /// <inheritdoc />
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc />
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc />
    public override void SetShouldExit(int exitCode)
    {
    }

    /// <inheritdoc />
    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no prompt.");

    /// <inheritdoc />
    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no prompt.");

    /// <inheritdoc />
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc />
    public override void NotifyEndApplication()
    {
    }
}
