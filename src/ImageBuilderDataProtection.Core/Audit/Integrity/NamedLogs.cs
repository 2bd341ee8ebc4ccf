namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Which log files the digest files name. It takes 16 bytes a log file, whatever their names and contents: a part of the hash of each
/// name.
/// </summary>
internal sealed class NamedLogs
{
    private readonly NameSet _proven = new();

    // With the place of the first digest file that names them.
    private readonly Dictionary<UInt128, int> _unproven = [];
    private readonly List<string> _digests = [];

    /// <summary>Notes that a proven digest file names a log file.</summary>
    public void Add(string name) => _proven.Add(name);

    /// <summary>Notes that a digest file that is not proven names log files.</summary>
    /// <param name="names">The log files.</param>
    /// <param name="digest">The name of the digest file.</param>
    public void AddUnproven(IEnumerable<string> names, string digest)
    {
        _digests.Add(digest);
        foreach (string name in names)
        {
            _unproven.TryAdd(NameSet.HashOf(name), _digests.Count - 1);
        }
    }

    /// <summary>Whether a proven digest file names a log file.</summary>
    public bool IsProven(string name) => _proven.Contains(name);

    /// <summary>The first digest file that names a log file and is not proven; null when there is none.</summary>
    public string? UnprovenDigestOf(string name) => _unproven.TryGetValue(NameSet.HashOf(name), out int digest) ? _digests[digest] : null;
}
