namespace ImageBuilderDataProtection.Files;

/// <summary>How paths of files are told apart.</summary>
internal static class FilePaths
{
    /// <summary>Compares full paths as the file systems of this operating system usually do.</summary>
    public static StringComparer Comparer { get; } =
        IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private static bool IgnoresCase => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    /// <summary>A full path in the one form that paths have which are the same by <see cref="Comparer"/>.</summary>
    public static string Normalize(string path) => IgnoresCase ? path.ToUpperInvariant() : path;
}
