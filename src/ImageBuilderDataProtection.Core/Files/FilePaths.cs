namespace ImageBuilderDataProtection.Files;

/// <summary>How paths of files are told apart.</summary>
internal static class FilePaths
{
    /// <summary>Compares full paths as the file systems of this operating system usually do.</summary>
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
}
