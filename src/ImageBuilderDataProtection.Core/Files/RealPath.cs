namespace ImageBuilderDataProtection.Files;

/// <summary>Where a path leads when every link in it is followed.</summary>
internal static class RealPath
{
    /// <summary>How many links a path may lead through, as on Linux.</summary>
    private const int MaxLinks = 40;

    /// <summary>The path without links.</summary>
    /// <exception cref="IOException">It leads through too many links, or in a circle.</exception>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        for (int links = 0; links <= MaxLinks; links++)
        {
            if (FollowFirstLink(full) is not { } followed)
            {
                return full;
            }

            full = followed;
        }

        throw new IOException($"It leads through more than {MaxLinks} links, or in a circle.");
    }

    private static string? FollowFirstLink(string full)
    {
        string current = Path.GetPathRoot(full)!;
        string[] parts = full[current.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            string folder = current;
            current = Path.Combine(current, parts[i]);
            if (new DirectoryInfo(current).LinkTarget is { } target)
            {
                return Path.GetFullPath(Path.Combine([target, .. parts[(i + 1)..]]), folder);
            }
        }

        return null;
    }
}
