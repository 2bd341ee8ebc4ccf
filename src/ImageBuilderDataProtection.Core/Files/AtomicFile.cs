using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Principal;

namespace ImageBuilderDataProtection.Files;

/// <summary>
/// Writes a whole file or nothing: to a temporary file beside the target, flushed to the disk, then renamed over it.
/// A crash at any moment leaves the old file or the new one. Only a regular file is ever replaced: a symbolic link,
/// folder or device at the target's place is refused, neither followed nor lost.
/// </summary>
public static class AtomicFile
{
    private delegate void Filler(Stream stream, ReadOnlySpan<byte> content);

    /// <summary>How the name of a temporary file ends; whoever lists a folder of ours passes such files over.</summary>
    public const string TemporarySuffix = ".ibtmp";

    // EEXIST, on Linux and macOS.
    private const int FileExists = 17;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the file.</summary>
    /// <param name="path">The target.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="replace">Whether an existing regular file is replaced; otherwise it is refused.</param>
    /// <param name="ownerOnly">Whether only the owner may read and write the file; it is created so, never opened first and narrowed later.</param>
    /// <exception cref="DataProtectionException">
    /// <c>TargetExists</c>: the target exists and <paramref name="replace"/> is false;
    /// <c>TargetNotRegularFile</c>: something other than a regular file is at the target's place;
    /// <c>WriteFailed</c>: the file system refused.
    /// </exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool replace, bool ownerOnly) =>
        Write(path, content, static (stream, bytes) => stream.Write(bytes), replace, ownerOnly);

    /// <summary>Writes the file piece by piece, for content that should not be held as a whole.</summary>
    /// <param name="path">The target.</param>
    /// <param name="write">Writes all of its bytes; where it throws, nothing is left.</param>
    /// <param name="replace">As above.</param>
    /// <param name="ownerOnly">As above.</param>
    /// <exception cref="DataProtectionException">As above.</exception>
    public static void Write(string path, Action<Stream> write, bool replace, bool ownerOnly)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, content: default, (stream, _) => write(stream), replace, ownerOnly);
    }

    /// <summary>Refuses a target that <see cref="Write(string, ReadOnlySpan{byte}, bool, bool)"/> would refuse, before any work is done for it.</summary>
    /// <exception cref="DataProtectionException"><c>TargetExists</c> or <c>TargetNotRegularFile</c>.</exception>
    public static void RequireFree(string path, bool replace)
    {
        string target = Path.GetFullPath(path);
        var file = new FileInfo(target);
        bool isLink = file.LinkTarget is not null;
        bool isFile = file.Exists && !isLink && (!replace || RegularFile.IsRegular(file));
        if (!isFile && (isLink || file.Exists || Directory.Exists(target)))
        {
            throw new DataProtectionException(
                "TargetNotRegularFile",
                FailureKind.AlreadyExists,
                $"\"{target}\" is not a regular file, so it is not written over; name another target.");
        }

        if (isFile && !replace)
        {
            throw TargetExists(target);
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, Filler fill, bool replace, bool ownerOnly)
    {
        (string target, string temporary) = Prepare(path, replace);
        try
        {
            using (FileStream stream = Create(temporary, target, ownerOnly))
            {
                fill(stream, content);
                stream.Flush(flushToDisk: true);
            }

            Place(temporary, target, replace);
        }
        catch (Exception error)
        {
            TryDelete(temporary);
            if (Translate(error, target, replace) is { } failure)
            {
                throw failure;
            }

            throw;
        }
    }

    private static (string Target, string Temporary) Prepare(string path, bool replace)
    {
        string target = Path.GetFullPath(path);
        RequireFree(target, replace);
        return (target, Path.Combine(Path.GetDirectoryName(target)!, $".{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}{TemporarySuffix}"));
    }

    private static void Place(string temporary, string target, bool replace)
    {
        RequireFree(target, replace);

        // File.Move looks whether the place is free and then moves, so that two writers may both find it free; a link is made or not.
        if (!replace && !OperatingSystem.IsWindows())
        {
            if (link(temporary, target) == 0)
            {
                File.Delete(temporary);
                return;
            }

            if (Marshal.GetLastPInvokeError() == FileExists)
            {
                throw TargetExists(target);
            }
        }

        // There are file systems without links.
        File.Move(temporary, target, overwrite: replace);
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    // What the file system refused, as a failure of ours; null for anything else.
    private static DataProtectionException? Translate(Exception error, string target, bool replace) => error switch
    {
        not (IOException or UnauthorizedAccessException) => null,
        _ when File.Exists(target) && !replace => TargetExists(target),
        UnauthorizedAccessException => new DataProtectionException(
            "WriteFailed", FailureKind.Unavailable, $"\"{target}\" could not be written: you may not make files in its folder.", error),
        _ => new DataProtectionException("WriteFailed", FailureKind.Unavailable, $"\"{target}\" could not be written: {error.Message}", error),
    };

    private static DataProtectionException TargetExists(string target) =>
        new("TargetExists", FailureKind.AlreadyExists, $"\"{target}\" exists already; use -Force to replace it, or name another target.");

    private static FileStream Create(string temporary, string target, bool ownerOnly) =>
        ownerOnly ? CreateOwnerOnly(temporary) : Create(temporary, ModeOf(target));

    private static FileStream CreateOwnerOnly(string path) =>
        OperatingSystem.IsWindows() ? CreateOwnerOnlyOnWindows(path) : Create(path, OwnerOnly);

    // What replaces a file is for those whom the file was for.
    private static UnixFileMode? ModeOf(string target) =>
        !OperatingSystem.IsWindows() && File.Exists(target) ? File.GetUnixFileMode(target) : null;

    private static FileStream Create(string path, UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        return new FileStream(path, options);
    }

    [SupportedOSPlatform("windows")]
    private static FileStream CreateOwnerOnlyOnWindows(string path)
    {
        using WindowsIdentity owner = WindowsIdentity.GetCurrent();
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(owner.User!, FileSystemRights.FullControl, AccessControlType.Allow));
        return new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.WriteData, FileShare.None, bufferSize: 1, FileOptions.None, security);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here is the one to report; what is left is a temporary file, owner-only where it matters.
        }
    }
}
