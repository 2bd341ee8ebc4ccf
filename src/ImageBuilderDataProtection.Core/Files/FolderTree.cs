namespace ImageBuilderDataProtection.Files;

/// <summary>
/// Walks a folder and the folders in it. Links to folders are followed where that is asked for, but each folder is walked once: a
/// link that leads round in a circle is an error then, and one that leads to what is walked anyway is passed over.
/// </summary>
internal static class FolderTree
{
    /// <summary>The files that are wanted, in no order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isWanted">Whether a file is.</param>
    /// <param name="onError">Takes the failure of a folder that cannot be listed; the others are.</param>
    /// <param name="followLinks">Whether links to folders are followed; links to files are wanted or not as files are.</param>
    /// <param name="cancellationToken">Cancels the walk.</param>
    public static List<FileInfo> Files(string folder, Func<FileInfo, bool> isWanted, Action<string, Exception> onError, bool followLinks, CancellationToken cancellationToken)
    {
        var files = new List<FileInfo>();
        string root = Path.GetFullPath(folder);
        string realRoot = RealPath.Of(root);
        var walked = new HashSet<string>(FilePaths.Comparer);
        var folders = new Stack<(string Path, string RealPath)>([(root, realRoot)]);
        while (folders.TryPop(out (string Path, string RealPath) current))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!walked.Add(current.RealPath))
            {
                continue;
            }

            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(current.Path).EnumerateFileSystemInfos())
                {
                    if (entry is FileInfo file)
                    {
                        if (isWanted(file))
                        {
                            files.Add(file);
                        }
                    }
                    else if (entry.LinkTarget is null)
                    {
                        folders.Push((entry.FullName, Path.Combine(current.RealPath, entry.Name)));
                    }
                    else if (followLinks && FollowLink(entry.FullName, current.RealPath, onError) is { } target && !IsIn(realRoot, target))
                    {
                        folders.Push((entry.FullName, target));
                    }
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                onError(current.Path, error);
            }
        }

        return files;
    }

    // Null when it leads nowhere that can be walked.
    private static string? FollowLink(string link, string realFolder, Action<string, Exception> onError)
    {
        try
        {
            string target = RealPath.Of(link);
            return IsIn(target, realFolder) ? throw new IOException("It is a link that leads back to a folder that it is in.") : target;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onError(link, error);
            return null;
        }
    }

    private static bool IsIn(string folder, string path)
    {
        string start = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return FilePaths.Comparer.Equals(folder, path) || (path.Length > start.Length && FilePaths.Comparer.Equals(path[..start.Length], start));
    }
}
