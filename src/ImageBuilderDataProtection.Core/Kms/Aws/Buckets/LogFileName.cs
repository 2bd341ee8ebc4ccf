using ImageBuilderDataProtection.Audit.Integrity;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>What a log file's name tells ("CloudTrail log file name format" in the CloudTrail User Guide).</summary>
/// <param name="Region">The region of its records.</param>
/// <param name="Delivered">The minute it was delivered, UTC. Its records were written at any time before the end of that minute.</param>
internal sealed record LogFileName(string Region, DateTime Delivered)
{
    /// <summary>Reads a name; null when the file is not named as CloudTrail names files.</summary>
    public static LogFileName? TryParse(string fileName) =>
        LogName.TimeOf(fileName) is { } delivered && fileName.Split('_') is [_, "CloudTrail", var region, ..] ? new LogFileName(region, delivered) : null;
}
