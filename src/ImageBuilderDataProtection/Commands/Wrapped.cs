using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>PowerShell wraps objects, or does not, as it goes.</summary>
internal static class Wrapped
{
    /// <summary>The object itself.</summary>
    public static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
