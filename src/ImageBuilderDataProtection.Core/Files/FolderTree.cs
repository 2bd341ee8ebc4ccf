namespace ImageBuilderDataProtection.Files;

/// <summary>Walks a folder and the folders in it.</summary>
internal static class FolderTree
{
    /// <summary>The files that are wanted, by their full paths, in no order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isWanted">Whether a file is.</param>
    /// <param name="onError">Takes the failure of a folder that cannot be listed; the others are.</param>
    /// <param name="cancellationToken">Cancels the walk.</param>
    public static List<string> Files(string folder, Func<FileInfo, bool> isWanted, Action<string, Exception> onError, CancellationToken cancellationToken)
    {
        var files = new List<string>();
        var folders = new Stack<string>([Path.GetFullPath(folder)]);
        while (folders.TryPop(out string? current))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(current).EnumerateFileSystemInfos())
                {
                    // A link to a folder could lead round in a circle, so folders are entered only as themselves.
                    if (entry is DirectoryInfo { LinkTarget: null })
                    {
                        folders.Push(entry.FullName);
                    }
                    else if (entry is FileInfo file && isWanted(file))
                    {
                        files.Add(entry.FullName);
                    }
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                onError(current, error);
            }
        }

        return files;
    }
}
