using System.IO.Compression;

namespace ImageBuilderDataProtection.Bench;

/// <summary>What no reader of .json.gz files can be faster than: decompressing them and doing nothing else.</summary>
internal static class BareInflate
{
    /// <summary>As our reader's own buffer.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>Decompresses all, each thread whole files, and answers how many bytes that gave.</summary>
    public static long Count(IReadOnlyList<string> files, int threads)
    {
        int next = -1;
        long bytes = 0;
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work))];
        Array.ForEach(workers, static worker => worker.Start());
        Array.ForEach(workers, static worker => worker.Join());
        return bytes;

        void Work()
        {
            byte[] buffer = new byte[BufferBytes];
            for (int i = Interlocked.Increment(ref next); i < files.Count; i = Interlocked.Increment(ref next))
            {
                using var file = new FileStream(files[i], FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                using var gzip = new GZipStream(file, CompressionMode.Decompress);
                for (int length = gzip.Read(buffer); length > 0; length = gzip.Read(buffer))
                {
                    Interlocked.Add(ref bytes, length);
                }
            }
        }
    }
}
