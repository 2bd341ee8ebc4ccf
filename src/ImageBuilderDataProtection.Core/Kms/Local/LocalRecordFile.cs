namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>A record of the trail, by its file's name.</summary>
/// <param name="Path">The path.</param>
/// <param name="Moment">The moment it is filed under, UTC.</param>
internal readonly record struct LocalRecordFile(string Path, DateTime Moment)
{
    /// <summary>Reads a path; null when it is not named as the trail names records.</summary>
    public static LocalRecordFile? TryParse(string path) =>
        LocalTrail.MomentOf(System.IO.Path.GetFileName(path)) is { } moment ? new LocalRecordFile(path, moment) : null;
}
