using System.Reflection;
using System.Runtime.Loader;

namespace ImageBuilderDataProtection;

/// <summary>
/// The module's own load context over its <c>lib</c> folder. Core and everything it depends on load here, so that a
/// session may hold other versions of the same libraries and never meets ours. Only Core itself can be asked for from
/// outside, and only by the cmdlets, whose assembly PowerShell loads into its own context.
/// </summary>
internal sealed class DependencyContext : AssemblyLoadContext
{
    private const string CoreName = "ImageBuilderDataProtection.Core";

    private static readonly DependencyContext Instance = new();
    private static readonly object Gate = new();
    private static int _imports;

    private readonly string _folder = Path.Combine(Path.GetDirectoryName(typeof(DependencyContext).Assembly.Location)!, "lib");

    private DependencyContext()
        : base("ImageBuilderDataProtection")
    {
    }

    /// <summary>Lets the cmdlets find Core. Several runspaces may import the module; the hook is set once.</summary>
    public static void Attach()
    {
        lock (Gate)
        {
            if (_imports++ == 0)
            {
                Default.Resolving += ResolveCore;
            }
        }
    }

    /// <summary>Takes the hook away when the last runspace removes the module.</summary>
    public static void Detach()
    {
        lock (Gate)
        {
            if (_imports > 0 && --_imports == 0)
            {
                Default.Resolving -= ResolveCore;
            }
        }
    }

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    private static Assembly? ResolveCore(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == CoreName ? Instance.LoadFromAssemblyName(name) : null;
}
