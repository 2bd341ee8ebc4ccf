namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What following a chain leads to: a result, or a log file that is yet to be read for one. One of the two is null.</summary>
/// <param name="Result">The result.</param>
/// <param name="LogFile">The log file.</param>
internal sealed record ChainStep(LogIntegrityResult? Result, NamedLogFile? LogFile)
{
    /// <summary>The step that is a result.</summary>
    public static implicit operator ChainStep(LogIntegrityResult result) => new(result, null);
}
