namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>By what audit events are grouped.</summary>
public enum KmsUsageGrouping
{
    /// <summary>The workflows that the encryption contexts name. An event of several, such as a ReEncrypt from one to another, counts for each.</summary>
    Workflow,

    /// <summary>The key; of a ReEncrypt, the source key.</summary>
    Key,

    /// <summary>Who called. All sessions of a role are the role.</summary>
    Principal,

    /// <summary>The operation, such as <c>Decrypt</c>.</summary>
    Operation,

    /// <summary>The AWS service that called for the principal.</summary>
    InvokedBy,

    /// <summary>The region that was called.</summary>
    Region,

    /// <summary>The account whose trail holds the event.</summary>
    Account,

    /// <summary>The day of the call, UTC.</summary>
    Day,

    /// <summary>The hour of the call, UTC.</summary>
    Hour,
}
