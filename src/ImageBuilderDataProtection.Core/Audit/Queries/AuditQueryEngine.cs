namespace ImageBuilderDataProtection.Audit.Queries;

/// <summary>An SQL engine of AWS that searches CloudTrail records where they are.</summary>
public enum AuditQueryEngine
{
    /// <summary>
    /// Amazon Athena, engine version 3, over a table of the layout that "Query AWS CloudTrail logs" in the Amazon Athena User
    /// Guide gives.
    /// </summary>
    Athena,

    /// <summary>
    /// CloudTrail Lake, over an event data store ("Supported SQL schemas for event data stores" in the CloudTrail User Guide).
    /// AWS has closed it to new customers since 31 May 2026.
    /// </summary>
    CloudTrailLake,
}
