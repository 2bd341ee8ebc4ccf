namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What the digest files of a check tell: which log files they name, and what time they cover in each folder.</summary>
/// <param name="time">The time that is asked for.</param>
internal sealed class LogCoverage(CheckedTime time)
{
    private readonly Dictionary<string, FolderProof> _folders = new(StringComparer.Ordinal);

    private readonly Dictionary<string, List<string>> _buckets = new(StringComparer.Ordinal);

    /// <summary>The log files.</summary>
    public NamedLogs Logs { get; } = new();

    /// <summary>The folders of digest files, in order of their names.</summary>
    public IEnumerable<KeyValuePair<string, FolderProof>> Folders => _folders.OrderBy(static folder => folder.Key, StringComparer.Ordinal);

    /// <summary>What is known of a folder of digest files; null for one above the store, whose log files are not in it either.</summary>
    public FolderProof? Open(string? folder)
    {
        if (folder is null)
        {
            return null;
        }

        if (!_folders.TryGetValue(folder, out FolderProof? proof))
        {
            _folders[folder] = proof = new FolderProof(time);
        }

        return proof;
    }

    /// <summary>The buckets to which a trail delivered, as its proven digest files tell that are no backfill, from the first to the last.</summary>
    /// <param name="name">The name of a digest file of the trail.</param>
    public List<string> BucketsOf(DigestName name)
    {
        if (!_buckets.TryGetValue(name.OrdinaryChain, out List<string>? buckets))
        {
            _buckets[name.OrdinaryChain] = buckets = [];
        }

        return buckets;
    }

    /// <summary>What is known of a folder of digest files; null when there are none in it.</summary>
    public FolderProof? Find(string folder) => _folders.GetValueOrDefault(folder);
}
