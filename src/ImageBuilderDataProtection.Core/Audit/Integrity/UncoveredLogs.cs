using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>Log files of one folder that are told of together: one result for all of them.</summary>
/// <param name="folder">The folder.</param>
/// <param name="status">What is said of them.</param>
/// <param name="before">What is said before their number and time.</param>
/// <param name="after">What is said after that, as the end of a sentence whose verb is there.</param>
internal sealed class UncoveredLogs(string folder, LogIntegrityStatus status, string before, string after)
{
    private long _count;
    private DateTime _first = DateTime.MaxValue;
    private DateTime _last = DateTime.MinValue;

    /// <summary>Adds a log file.</summary>
    /// <param name="minute">The minute in its name, UTC.</param>
    public void Add(DateTime minute)
    {
        _count++;
        _first = minute < _first ? minute : _first;
        _last = minute > _last ? minute : _last;
    }

    /// <summary>The result.</summary>
    public LogIntegrityResult ToResult(LogResults results) => results.Folder(
        folder,
        status,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{before}{_count:N0} log file{(_count == 1 ? "" : "s")} from {_first:yyyy-MM-dd'T'HH:mm'Z'} to {_last:yyyy-MM-dd'T'HH:mm'Z'} {(_count == 1 ? "is" : "are")} {after}.")) with
    {
        UnprovenSince = _first,
        UnprovenUntil = _last,
    };
}
