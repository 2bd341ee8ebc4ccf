namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A stretch of time; both ends belong to it.</summary>
/// <param name="Since">Its start, UTC.</param>
/// <param name="Until">Its end, UTC.</param>
internal readonly record struct TimeStretch(DateTime Since, DateTime Until);
