namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>One thing that comes of a check: a result, or what ended the check. One of the two is null.</summary>
/// <param name="Result">The result.</param>
/// <param name="Failure">What ended the check.</param>
internal readonly record struct CheckReading(LogIntegrityResult? Result, DataProtectionException? Failure)
{
    /// <summary>What it holds in memory, roughly.</summary>
    public const long Bytes = 2048;
}
