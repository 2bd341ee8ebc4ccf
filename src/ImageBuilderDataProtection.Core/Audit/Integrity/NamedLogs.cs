using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Which log files the digest files name. It takes 16 bytes a log file, and a number, whatever their names and contents: a part of the
/// hash of each name.
/// </summary>
internal sealed class NamedLogs
{
    private const int Proven = -1;

    // By whom: a proven digest file, or the place of one that is not.
    private readonly Dictionary<UInt128, int> _named = [];
    private readonly List<string> _unproven = [];

    /// <summary>Notes that a proven digest file names a log file.</summary>
    public void Add(string name) => _named[HashOf(name)] = Proven;

    /// <summary>Notes that a digest file that is not proven names log files; a proven one that names them outweighs it.</summary>
    /// <param name="names">The log files.</param>
    /// <param name="digest">The name of the digest file.</param>
    public void AddUnproven(IEnumerable<string> names, string digest)
    {
        _unproven.Add(digest);
        foreach (string name in names)
        {
            _named.TryAdd(HashOf(name), _unproven.Count - 1);
        }
    }

    /// <summary>Whether a proven digest file names a log file.</summary>
    public bool IsProven(string name) => _named.TryGetValue(HashOf(name), out int by) && by == Proven;

    /// <summary>The first digest file that names a log file that no proven one names; null when there is none.</summary>
    public string? UnprovenDigestOf(string name) => _named.TryGetValue(HashOf(name), out int by) && by != Proven ? _unproven[by] : null;

    private static UInt128 HashOf(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
