using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Protection;

/// <summary>Finds protected workflows among other files, by their content.</summary>
public static class ProtectedFileSearch
{
    // As much as tells a message: a byte order mark and white space may stand before the text form.
    private const int BytesLookedAt = 64;

    /// <summary>The files of a folder and the folders in it, in order of their names.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="onError">Takes the failure of a folder that cannot be listed; the others are.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public static IReadOnlyList<string> FilesOf(string folder, Action<DataProtectionException> onError, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(onError);
        List<FileInfo> found = FolderTree.Files(
            folder,
            isWanted: static _ => true,
            (unread, error) => onError(new DataProtectionException("ReadFailed", FailureKind.Unavailable, $"The folder \"{unread}\" could not be read: {error.Message}", error)),
            followLinks: false,
            cancellationToken);
        return [.. found.Select(static file => file.FullName).Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads a file's header if the file is a protected workflow; answers null for any other file.</summary>
    /// <exception cref="DataProtectionException">The file cannot be read.</exception>
    public static async Task<ProtectedFile?> TryReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return MayHoldMessage(path) ? await ProtectedFile.ReadAsync(path, cancellationToken) : null;
        }
        catch (DataProtectionException error) when (error.ErrorId is "NotProtected" or "MessageMalformed")
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataProtectionException("ReadFailed", FailureKind.Unavailable, $"\"{path}\" could not be read: {error.Message}", error);
        }
    }

    // Most files are told by their first bytes, and then need not be read.
    private static bool MayHoldMessage(string path)
    {
        if (!RegularFile.IsRegular(new FileInfo(path)))
        {
            return false;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] bytes = new byte[BytesLookedAt];
        ReadOnlySpan<byte> start = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (start is [1 or 2, ..])
        {
            return true;
        }

        start = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        return start.TrimStart(" \t\r\n"u8) is [] or [(byte)'A', ..];
    }
}
