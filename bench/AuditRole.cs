namespace ImageBuilderDataProtection.Bench;

/// <summary>A role or user of a corpus.</summary>
internal sealed record AuditRole(string Name, string Id, string Arn);
