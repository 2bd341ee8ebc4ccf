namespace ImageBuilderDataProtection.Files;

/// <summary>Where paths of files lead, for many files of few folders: the links in a folder's path are followed once.</summary>
internal sealed class RealFilePaths
{
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>
    /// The path of a file without links, in one case where the file system tells files apart without it; for telling files apart, not
    /// for opening them. Of a link that leads nowhere, its own path.
    /// </summary>
    public string Of(FileInfo file)
    {
        try
        {
            return FilePaths.Normalize((file.Attributes & FileAttributes.ReparsePoint) != 0 ? RealPath.Of(file.FullName) : Path.Combine(FolderOf(file), file.Name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Opening it will tell.
            return FilePaths.Normalize(file.FullName);
        }
    }

    private string FolderOf(FileInfo file)
    {
        string folder = file.DirectoryName!;
        if (!_folders.TryGetValue(folder, out string? real))
        {
            _folders[folder] = real = RealPath.Of(folder);
        }

        return real;
    }
}
