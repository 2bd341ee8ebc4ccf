using System.Text;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// Makes one HTML page of audit events: a summary, charts, the denied attempts and a table. The page needs nothing beside
/// itself and loads nothing. Events are counted as they come and not kept, so memory does not grow with their number. The
/// same events make the same page, but for the time at which it is made, and in any order, as long as no limit of names is passed.
/// </summary>
public sealed class AuditReport
{
    private readonly AuditReportSettings _settings;
    private readonly ReportTotals _totals;

    /// <summary>An empty report.</summary>
    public AuditReport(AuditReportSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.MaxRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.MaxRows, AuditReportSettings.MaxMaxRows);
        _settings = settings;
        _totals = new ReportTotals(settings.MaxRows);
    }

    /// <summary>How many events there are.</summary>
    public long EventCount => _totals.All.Total;

    /// <summary>Takes an event up.</summary>
    public void Add(KmsAuditEvent record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _totals.Add(record);
    }

    /// <summary>Refuses a file that <see cref="WriteFile"/> would refuse, before any event is read for it.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>TargetExists</c> or <c>TargetNotRegularFile</c>, as <see cref="AtomicFile"/> has them; <c>FolderNotFound</c>: the
    /// file's folder is not there.
    /// </exception>
    public static void RequireTarget(string path, bool replace)
    {
        AtomicFile.RequireFree(path, replace);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new DataProtectionException(
                "FolderNotFound", FailureKind.NotFound, $"\"{path}\" cannot be written: there is no folder \"{folder}\"; make it first, or name another.");
        }
    }

    /// <summary>
    /// Writes the page, whole or not at all. It holds no plaintext and no key, and is made with the access that new files have
    /// by default; one that is replaced keeps its own.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="cancellationToken">Stops the writing; nothing is left then.</param>
    /// <exception cref="DataProtectionException">The failures of <see cref="RequireTarget"/>; <c>WriteFailed</c>: the file system refused.</exception>
    public void WriteFile(string path, bool replace, CancellationToken cancellationToken = default)
    {
        RequireTarget(path, replace);
        AtomicFile.Write(path, stream => Write(stream, cancellationToken), replace, ownerOnly: false);
    }

    /// <summary>Writes the page, in UTF-8.</summary>
    public void Write(Stream stream, CancellationToken cancellationToken = default)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
        ReportPage.Write(new HtmlWriter(text), _settings, _totals, cancellationToken);
    }
}
