namespace ImageBuilderDataProtection.Files;

/// <summary>Tells regular files from pipes, sockets and devices, which have no end to read to and must not be replaced.</summary>
internal static class RegularFile
{
    /// <summary>Whether an existing file that is no symbolic link is a regular file.</summary>
    public static bool IsRegular(FileInfo file)
    {
        // .NET tells no file types on Unix. Pipes, sockets and devices all have length 0 and cannot seek, or not even open;
        // opened for reading and writing, a pipe does not block.
        if (file.Length > 0)
        {
            return true;
        }

        try
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return stream.CanSeek;
        }
        catch (UnauthorizedAccessException)
        {
            // It cannot be asked; an empty file that is read-only is by far the likelier thing.
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
