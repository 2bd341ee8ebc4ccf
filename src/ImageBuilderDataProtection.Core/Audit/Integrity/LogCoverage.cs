using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Which log files the digest files name, and what time they cover. It takes 16 bytes a log file, whatever their
/// names and contents: a part of the hash of each name.
/// </summary>
internal sealed class LogCoverage
{
    private readonly HashSet<UInt128> _named = [];
    private readonly Dictionary<string, CoveredTime> _folders = new(StringComparer.Ordinal);

    /// <summary>The folders of digest files, in order of their names, and the time that each covers.</summary>
    public IEnumerable<KeyValuePair<string, CoveredTime>> Folders => _folders.OrderBy(static folder => folder.Key, StringComparer.Ordinal);

    /// <summary>Notes that a digest file names a log file.</summary>
    public void AddLogFile(string name) => _named.Add(HashOf(name));

    /// <summary>Whether a digest file names a log file.</summary>
    public bool Names(string name) => _named.Contains(HashOf(name));

    /// <summary>Notes that there are digest files in a folder.</summary>
    public void AddFolder(string? folder)
    {
        if (folder is not null)
        {
            _folders.TryAdd(folder, new CoveredTime());
        }
    }

    /// <summary>Notes that a proven digest file covers a time.</summary>
    public void AddProven(string? folder, DateTime start, DateTime end)
    {
        if (folder is not null)
        {
            _folders[folder].Add(start, end);
        }
    }

    /// <summary>Notes that a proven digest file links over a time.</summary>
    public void AddLinked(string? folder, DateTime since, DateTime until)
    {
        if (folder is not null)
        {
            _folders[folder].Account(since, until);
        }
    }

    /// <summary>Notes that a problem was found that leaves a time unproven.</summary>
    /// <param name="folder">The folder of the digest files.</param>
    /// <param name="since">The start; null for ever.</param>
    /// <param name="until">The end.</param>
    public void AddUnproven(string? folder, DateTime? since, DateTime until)
    {
        if (folder is not null)
        {
            _folders[folder].AddUnproven(since, until);
        }
    }

    /// <summary>The time that the digest files in a folder cover; null when there are none.</summary>
    public CoveredTime? Find(string folder) => _folders.GetValueOrDefault(folder);

    private static UInt128 HashOf(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
