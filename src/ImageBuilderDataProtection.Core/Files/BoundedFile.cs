namespace ImageBuilderDataProtection.Files;

/// <summary>Reads a whole file, if it is not larger than a limit.</summary>
public static class BoundedFile
{
    /// <summary>Reads all bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">The most bytes it may have.</param>
    /// <param name="what">What the file holds, for the error: <c>workflow document</c>.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DataProtectionException"><c>FileNotFound</c>, <c>FileTooLarge</c> or <c>ReadFailed</c>.</exception>
    public static async Task<byte[]> ReadAsync(string path, int maxLength, string what, CancellationToken cancellationToken)
    {
        try
        {
            // Asked before the file is opened: opening a pipe waits for its writer.
            if (!RegularFile.IsRegular(new FileInfo(path)))
            {
                throw new DataProtectionException(
                    "ReadFailed", FailureKind.InvalidArgument, $"\"{path}\" is not a regular file, so it cannot be read as a {what}.");
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            if (stream.Length > maxLength)
            {
                throw new DataProtectionException(
                    "FileTooLarge",
                    FailureKind.LimitExceeded,
                    $"\"{path}\" has {stream.Length:N0} bytes; a {what} may have at most {maxLength:N0}.");
            }

            byte[] content = new byte[stream.Length];
            await stream.ReadExactlyAsync(content, cancellationToken);

            // Files of /proc and some devices have no length to be told and content all the same; taking less would lose it.
            if (stream.ReadByte() >= 0)
            {
                throw new DataProtectionException(
                    "ReadFailed",
                    FailureKind.InvalidArgument,
                    $"\"{path}\" holds more than its length says, so it cannot be read as a {what}; copy it to a regular file first.");
            }

            return content;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataProtectionException("FileNotFound", FailureKind.NotFound, $"\"{path}\" does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataProtectionException("ReadFailed", FailureKind.Unavailable, $"\"{path}\" could not be read: {error.Message}", error);
        }
    }
}
