namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>What stands under a prefix, by CloudTrail's layout.</summary>
internal enum LogLevel
{
    /// <summary>Anything.</summary>
    Unknown,

    /// <summary>Accounts, and organizations.</summary>
    Accounts,

    /// <summary>The accounts of an organization.</summary>
    OrganizationAccounts,

    /// <summary>What services delivered for an account, CloudTrail among them.</summary>
    Services,

    /// <summary>The regions of an account's log files.</summary>
    Regions,

    /// <summary>Log files by year, month and day.</summary>
    Days,
}
