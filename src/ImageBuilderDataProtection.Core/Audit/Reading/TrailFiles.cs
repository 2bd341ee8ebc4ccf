using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>The trail files of a folder, and of whatever else has names: told by how the names end and put in order of time.</summary>
internal static class TrailFiles
{
    /// <summary>What they are, for an error.</summary>
    public const string Names = ".json, .jsonl or .ndjson file, with .gz after that or not, other than CloudTrail's digest files";

    // What macOS puts beside a file for its attributes has the file's name after this.
    private const string AppleDouble = "._";

    private static readonly string[] Endings = [".json", ".jsonl", ".ndjson"];

    // The name tells when CloudTrail delivered a file, which is after the calls in it; clocks may differ.
    private static readonly TimeSpan ClockMargin = TimeSpan.FromHours(1);

    /// <summary>The trail files in and under a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="times">The time of the calls that are wanted; files that were delivered before it are passed over.</param>
    /// <param name="onError">Is told of each folder that cannot be listed, and of a folder in and under which there are none of any time.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    public static List<IAuditSource> In(string folder, AuditTimeRange times, Action<AuditReadException> onError, CancellationToken cancellationToken)
    {
        bool hasAny = false;
        bool hasDigest = false;
        bool isUnlisted = false;
        List<FileInfo> files = FolderTree.Files(folder, IsWanted, Fail, followLinks: true, cancellationToken);

        // Where a folder could not be listed, that is what is wrong.
        if (!hasAny && !isUnlisted)
        {
            onError(hasDigest ? AuditReadException.OnlyDigestFiles(folder) : AuditReadException.NoTrailFiles(folder));
        }

        var realPaths = new RealFilePaths();

        files.Sort(static (a, b) => CompareNames(a.FullName, b.FullName));
        return [.. files.Select(file => new AuditFile(file, realPaths))];

        bool IsWanted(FileInfo file)
        {
            bool isRead = IsRead(file.Name);
            hasAny |= isRead;
            hasDigest |= DigestName.IsDigest(file.Name);
            return isRead && MayHold(file.Name, times) && MayBeRegular(file);
        }

        void Fail(string unread, Exception error)
        {
            isUnlisted = true;
            onError(AuditReadException.Unreadable(unread, error));
        }
    }

    /// <summary>Whether a file of this name is read when its folder is.</summary>
    public static bool IsRead(string name) => IsTrailFile(name) || IsArchive(name);

    /// <summary>Whether a file of this name holds records; digest files, files that are being written, and those of macOS do not.</summary>
    public static bool IsTrailFile(string name)
    {
        string unpacked = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        return Endings.Any(ending => unpacked.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            && !name.StartsWith(AppleDouble, StringComparison.Ordinal)
            && !name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
            && !DigestName.IsDigest(name);
    }

    /// <summary>Whether a file of this name may be an archive of trail files.</summary>
    public static bool IsArchive(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && !name.StartsWith(AppleDouble, StringComparison.Ordinal);

    /// <summary>Whether a file of this name may hold records of calls in this time: one that was delivered before has none.</summary>
    public static bool MayHold(string name, AuditTimeRange times) =>
        times.Start is not { } start || LogName.TimeOf(name) is not { } delivered || start - delivered <= ClockMargin;

    /// <summary>Compares paths by the time in their names, whatever the account or region, then by the paths themselves.</summary>
    public static int CompareNames(string a, string b)
    {
        int order = string.CompareOrdinal(TimeOf(a), TimeOf(b));
        return order != 0 ? order : string.CompareOrdinal(a, b);
    }

    // {account}_CloudTrail_{region}_{YYYYMMDDTHHmmZ}_{unique}.json.gz: the last two parts order files of all accounts and regions.
    private static string TimeOf(string path)
    {
        string[] parts = Path.GetFileName(path).Split('_');
        return parts.Length >= 5 && parts[^4] == "CloudTrail" ? parts[^2] + parts[^1] : "";
    }

    // A pipe that nobody writes to would be waited for without end. A link is what it leads to.
    private static bool MayBeRegular(FileInfo file)
    {
        try
        {
            bool isLink = (file.Attributes & FileAttributes.ReparsePoint) != 0;
            return RegularFile.IsRegular(isLink ? file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file : file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A link that leads nowhere, or a file just removed: opening it will tell.
            return true;
        }
    }
}
