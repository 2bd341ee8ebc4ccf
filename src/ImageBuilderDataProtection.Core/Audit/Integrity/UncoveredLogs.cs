using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>The log files of one folder that were made before the first digest file, or long after the last: one result for all of them.</summary>
/// <param name="covered">What the digest files cover; null when there are none.</param>
internal sealed class UncoveredLogs(CoveredTime? covered)
{
    private long _count;
    private DateTime _first = DateTime.MaxValue;
    private DateTime _last = DateTime.MinValue;

    /// <summary>Adds a log file.</summary>
    public void Add(DateTime time)
    {
        _count++;
        _first = time < _first ? time : _first;
        _last = time > _last ? time : _last;
    }

    /// <summary>The result; null when there are no such log files.</summary>
    public LogIntegrityResult? ToResult(string folder) => _count == 0 ? null : new LogIntegrityResult
    {
        File = folder,
        Kind = LogIntegrityFileKind.Folder,
        Status = covered is null ? LogIntegrityStatus.Missing : LogIntegrityStatus.Gap,
        Reason = string.Create(
            CultureInfo.InvariantCulture,
            $"{(covered is null ? "There are no digest files for this folder: " : "")}{_count:N0} log file{(_count == 1 ? "" : "s")} from {_first:yyyy-MM-dd'T'HH:mm'Z'} to {_last:yyyy-MM-dd'T'HH:mm'Z'} {(_count == 1 ? "is" : "are")} covered by no digest file."),
        UnprovenSince = _first,
        UnprovenUntil = _last,
    };
}
