namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>What became of a call.</summary>
internal enum CallOutcome
{
    /// <summary>KMS did it.</summary>
    Succeeded,

    /// <summary>KMS refused it for another reason than want of permission.</summary>
    Failed,

    /// <summary>KMS refused it for want of permission.</summary>
    Denied,
}
