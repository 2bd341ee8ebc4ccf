namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// The lock under which one process at a time changes a store. The operating system holds it with the open file, so that it
/// is free again when a process is killed. Reading needs no lock, since every file is replaced as a whole.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private const string FileName = "local-kms.lock";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="DataProtectionException"><c>LocalKmsBusy</c>: it was not free within 30 seconds.</exception>
    public static async Task<StoreLock> AcquireAsync(string folder, CancellationToken cancellationToken)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return Open(folder);
            }
            catch (IOException error) when (IsHeldByAnother(error))
            {
                if (Environment.TickCount64 - start > Patience.TotalMilliseconds)
                {
                    throw new DataProtectionException(
                        "LocalKmsBusy",
                        FailureKind.Unavailable,
                        $"The local KMS in \"{folder}\" was being changed by another process for {Patience.TotalSeconds} seconds; try again.",
                        error);
                }
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the lock if it is free; null when another has it.</summary>
    public static StoreLock? TryAcquire(string folder)
    {
        try
        {
            return Open(folder);
        }
        catch (IOException error) when (IsHeldByAnother(error))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    private static StoreLock Open(string folder)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new StoreLock(new FileStream(Path.Combine(folder, FileName), options));
    }

    // The codes of a file that another has locked: EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeldByAnother(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);
}
