using System.Runtime.InteropServices;

namespace ImageBuilderDataProtection.Files;

/// <summary>Tells regular files from pipes, sockets and devices, which have no end to read to and must not be replaced.</summary>
internal static class RegularFile
{
    // statx(2) and inode(7) of the Linux manual.
    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint TypeAlone = 1;
    private const int StatBytes = 256;
    private const int ModeAt = 28;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Whether an existing file that is no symbolic link is a regular file.</summary>
    public static bool IsRegular(FileInfo file)
    {
        if (file.Length > 0)
        {
            return true;
        }

        // .NET tells no file types on Unix.
        return OperatingSystem.IsLinux() && TypeOf(file.FullName) is { } type ? type == Regular : CanSeek(file);
    }

    // Null when the system does not say.
    private static int? TypeOf(string path)
    {
        byte[] status = new byte[StatBytes];
        try
        {
            return StatX(CurrentFolder, path, DoNotFollowLinks, TypeAlone, status) == 0 ? BitConverter.ToUInt16(status, ModeAt) & TypeMask : null;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    // Pipes and sockets have length 0 and cannot seek, or not even open; opened for reading and writing, a pipe does not block.
    private static bool CanSeek(FileInfo file)
    {
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

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);
}
