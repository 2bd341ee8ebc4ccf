using System.Runtime.InteropServices;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

/// <summary>
/// Does what root must not be asked for, since root may do anything: on a thread of its own, whose rights to files, and those of the
/// threads that it starts, are nobody's (setfsuid(2)). Whoever is not root has no more rights than the files give, and stays.
/// </summary>
internal static class AsNobody
{
    private const uint Nobody = 65534;

    public static T Run<T>(Func<T> work)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (Environment.IsPrivilegedProcess)
                {
                    _ = setfsuid(Nobody);
                }

                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new InvalidOperationException("The work failed.", failure);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setfsuid(uint uid);
}
