namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Which log files the digest files name. It takes 16 bytes a log file, whatever their names and contents: a part of the hash of each
/// name.
/// </summary>
internal sealed class NamedLogs
{
    /// <summary>Of how many log files it is held which digest file without proof names them: anyone can make such a file, and have it name any number.</summary>
    public const int MaxUnproven = 1_000_000;

    private readonly NameSet _proven = new();

    // With the place of the first digest file that names them.
    private readonly Dictionary<UInt128, int> _unproven = [];
    private readonly List<string> _digests = [];

    /// <summary>Notes that a proven digest file names a log file.</summary>
    public void Add(string name) => _proven.Add(name);

    /// <summary>Notes that a digest file that is not proven names log files; no more than are held.</summary>
    /// <param name="names">The log files.</param>
    /// <param name="digest">The name of the digest file.</param>
    public void AddUnproven(IEnumerable<string> names, string digest)
    {
        _digests.Add(digest);
        foreach (string name in names.Take(MaxUnproven - _unproven.Count))
        {
            _unproven.TryAdd(NameSet.HashOf(name), _digests.Count - 1);
        }
    }

    /// <summary>Whether a proven digest file names a log file.</summary>
    public bool IsProven(string name) => _proven.Contains(name);

    /// <summary>The first digest file that names a log file and is not proven; null when there is none, and when more are named than are held.</summary>
    public string? UnprovenDigestOf(string name) => _unproven.TryGetValue(NameSet.HashOf(name), out int digest) ? _digests[digest] : null;
}
