using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What the digest chain says of one file, or of one folder.</summary>
public sealed record LogIntegrityResult
{
    private readonly string _reason = "";

    /// <summary>The full path of the file or folder; of one that is missing, where it should be, and of one in another bucket, <c>s3://bucket/key</c>.</summary>
    public required string File { get; init; }

    /// <summary>What it is.</summary>
    public required LogIntegrityFileKind Kind { get; init; }

    /// <summary>What the digest chain says.</summary>
    public required LogIntegrityStatus Status { get; init; }

    /// <summary>Why, as a sentence, in which names stand as <see cref="TerminalText"/>.</summary>
    public required string Reason { get => _reason; init => _reason = TerminalText.Line(value); }

    /// <summary>The digest file that says so, or that names a log file and is not proven; null when there is none.</summary>
    public string? DigestFile { get; init; }

    /// <summary>
    /// Of a problem: the time, UTC, since which the logs are not wholly proven; null when that is since the first of them, and when
    /// nothing is unproven.
    /// </summary>
    public DateTime? UnprovenSince { get; init; }

    /// <summary>Of a problem: the time, UTC, until which the logs are not wholly proven; null when that is until now, and when nothing is unproven.</summary>
    public DateTime? UnprovenUntil { get; init; }

    /// <summary>Whether something is wrong: everything but <see cref="LogIntegrityStatus.Valid"/> and <see cref="LogIntegrityStatus.Pending"/> is.</summary>
    public bool IsProblem => Status is not (LogIntegrityStatus.Valid or LogIntegrityStatus.Pending);

    /// <summary>The result on one line.</summary>
    public override string ToString() => TerminalText.Line(string.Create(CultureInfo.InvariantCulture, $"{Status}: \"{File}\": {Reason}"));

    /// <summary>What it says of a file that it cannot be read.</summary>
    internal static LogIntegrityStatus StatusOf(DataProtectionException failure) =>
        failure.Kind == FailureKind.Unavailable ? LogIntegrityStatus.Unproven : LogIntegrityStatus.Invalid;
}
