using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ImageBuilderDataProtection;

/// <summary>
/// Runs when PowerShell imports and removes the module. PowerShell reads the assembly's public types before it calls
/// <see cref="OnImport"/>, so no public type here may derive from a Core type or hold a Core structure or enumeration in a field.
/// </summary>
public sealed class ModuleLifecycle : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <inheritdoc />
    public void OnImport() => DependencyContext.Attach();

    /// <inheritdoc />
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        if (Runspace.DefaultRunspace is { } session)
        {
            SessionEndpoints.StopAll(session);
        }

        DependencyContext.Detach();
    }
}
