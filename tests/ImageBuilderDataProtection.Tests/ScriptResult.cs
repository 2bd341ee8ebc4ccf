using System.Collections.ObjectModel;
using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>What a script left behind.</summary>
/// <param name="Output">The objects it emitted.</param>
/// <param name="Errors">Its errors; a terminating one is the last.</param>
/// <param name="Warnings">Its warnings.</param>
/// <param name="Progress">Its progress records.</param>
/// <param name="HostText">What it wrote to the host itself, such as the text of -WhatIf.</param>
public sealed record ScriptResult(
    Collection<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<ProgressRecord> Progress,
    string HostText)
{
    /// <summary>The only object emitted, after making sure that nothing failed.</summary>
    public PSObject Only()
    {
        NoErrors();
        return Assert.Single(Output);
    }

    /// <summary>The only error.</summary>
    public ErrorRecord Error() => Assert.Single(Errors);

    /// <summary>Makes sure that nothing failed.</summary>
    public ScriptResult NoErrors()
    {
        Assert.True(Errors.Count == 0, string.Join(Environment.NewLine, Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}")));
        return this;
    }
}
