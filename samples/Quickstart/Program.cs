using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace ImageBuilderDataProtection.Quickstart;

/// <summary>Runs quickstart.ps1 in a PowerShell engine of its own, for machines that have the .NET SDK but no pwsh.</summary>
internal static class Program
{
    private const int DefaultWidth = 80;

    private static int Main()
    {
        string script = Assembly.GetExecutingAssembly()
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "Script")
            .Value!;

        EnglishCulture.UseByDefault();
        bool plain = Console.IsOutputRedirected || Console.WindowWidth <= 0;
        var host = new TextHost(Console.Out, Console.Error, plain ? DefaultWidth : Console.WindowWidth, colours: !plain);
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            shell.BeginStop(static _ => { }, state: null);
        };

        shell.AddCommand(script).AddCommand("Out-Default");
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        try
        {
            shell.Invoke();
            return shell.HadErrors ? 1 : 0;
        }
        catch (RuntimeException failure)
        {
            // The engine's own one-line view of an error: who says it, and what.
            string? who = failure.ErrorRecord.InvocationInfo?.MyCommand?.Name;
            Console.Error.WriteLine(who is null ? $"{failure.ErrorRecord}" : $"{who}: {failure.ErrorRecord}");
            return 1;
        }
    }
}
