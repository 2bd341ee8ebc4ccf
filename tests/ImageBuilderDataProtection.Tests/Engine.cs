using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.Loader;
using ImageBuilderDataProtection.Quickstart;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>
/// A real PowerShell engine with the built module imported, in a runspace of its own. The session has loaded two older
/// versions of Newtonsoft.Json and another AWS SDK first, as other modules might have, so every test here also shows that
/// ours does not mind.
/// </summary>
public sealed class Engine : IDisposable
{
    private const int Columns = 80;

    private readonly StringWriter _text = new();
    private readonly Runspace _runspace;

    static Engine()
    {
        EnglishCulture.UseByDefault();
        AssemblyLoadContext.Default.LoadFromAssemblyPath(OtherVersion("13", "Newtonsoft.Json"));
        Assembly.LoadFile(OtherVersion("12", "Newtonsoft.Json"));
        foreach (string name in new[] { "AWSSDK.Core", "AWSSDK.SecurityToken", "AWSSDK.SSO", "AWSSDK.SSOOIDC" })
        {
            AssemblyLoadContext.Default.LoadFromAssemblyPath(OtherVersion("AWS", name));
        }
    }

    /// <summary>Opens a runspace and imports the module.</summary>
    public Engine()
    {
        var host = new TextHost(_text, _text, Columns, colours: false);
        _runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        _runspace.Open();
        Run("param($module) Import-Module $module -ErrorAction Stop", ("module", TestPaths.Module)).NoErrors();
    }

    /// <summary>Runs a script and answers everything it left behind.</summary>
    /// <param name="script">Its text.</param>
    /// <param name="variables">Values for its <c>param</c> block, by name.</param>
    public ScriptResult Run(string script, params (string Name, object? Value)[] variables)
    {
        using PowerShell shell = Shell(script, variables);
        _text.GetStringBuilder().Clear();
        Collection<PSObject> output = [];
        List<ErrorRecord> errors = [];
        try
        {
            shell.Invoke(input: null, output);
        }
        catch (RuntimeException failure)
        {
            errors.Add(failure.ErrorRecord);
        }

        // A terminating error is thrown and, with -ErrorAction Stop, stands in the stream as well.
        errors.InsertRange(0, shell.Streams.Error.Where(error => !errors.Any(thrown => thrown.Exception == error.Exception)));
        return new ScriptResult(
            output,
            errors,
            [.. shell.Streams.Warning.Select(warning => warning.Message)],
            [.. shell.Streams.Progress],
            _text.ToString());
    }

    /// <summary>Runs a script and answers what a user would see of it at 80 columns, errors included.</summary>
    public string Show(string script, params (string Name, object? Value)[] variables)
    {
        using PowerShell shell = Shell(script, variables);
        shell.AddCommand("Out-Default");
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        _text.GetStringBuilder().Clear();
        shell.Invoke();
        return _text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>Starts a script, to be stopped; the caller disposes the shell.</summary>
    public PowerShell Shell(string script, params (string Name, object? Value)[] variables)
    {
        var shell = PowerShell.Create(_runspace);
        shell.AddScript(script, useLocalScope: true);
        foreach ((string name, object? value) in variables)
        {
            shell.AddParameter(name, value);
        }

        return shell;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _runspace.Dispose();
        _text.Dispose();
    }

    private static string OtherVersion(string folder, string assembly) =>
        Path.Combine(AppContext.BaseDirectory, "OtherVersions", folder, assembly + ".dll");
}
