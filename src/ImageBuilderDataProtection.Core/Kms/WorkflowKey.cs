using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms;

/// <summary>A customer managed key that protects workflows, with what KMS tells of it in several calls.</summary>
public sealed record WorkflowKey
{
    internal WorkflowKey(KeyMetadata metadata)
    {
        Arn = metadata.Arn.Value;
        KeyId = metadata.Arn.KeyId;
        Region = metadata.Arn.Region;
        Account = metadata.Arn.Account;
        State = metadata.State;
        Description = metadata.Description;
        CreationDate = metadata.CreationDate;
        DeletionDate = metadata.DeletionDate;
        CurrentKeyMaterialId = metadata.CurrentKeyMaterialId;
    }

    /// <summary>The key ARN.</summary>
    public string Arn { get; }

    /// <summary>The key id, the last part of the ARN.</summary>
    public string KeyId { get; }

    /// <summary>The key's region.</summary>
    public string Region { get; }

    /// <summary>The twelve digits of the owning account.</summary>
    public string Account { get; }

    /// <summary>The names that point to the key, with their <c>alias/</c>.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The key state.</summary>
    public KeyState State { get; }

    /// <summary>Whether KMS makes new key material by itself.</summary>
    public bool RotationEnabled => RotationPeriodInDays is not null;

    /// <summary>Days from one rotation to the next, 90 to 2,560; null when rotation is off.</summary>
    public int? RotationPeriodInDays { get; init; }

    /// <summary>The description; may be empty.</summary>
    public string Description { get; }

    /// <summary>When the key was made, UTC.</summary>
    public DateTime CreationDate { get; }

    /// <summary>When the key will be deleted, UTC; null unless pending deletion.</summary>
    public DateTime? DeletionDate { get; }

    /// <summary>The id of the key material that encrypts now.</summary>
    public string? CurrentKeyMaterialId { get; }

    /// <summary>The key policy; null when KMS was not asked for it.</summary>
    public KeyPolicy? Policy { get; init; }

    /// <summary>The CloudTrail records of the calls that told all this, in order.</summary>
    public IReadOnlyList<KmsAuditEvent> AuditEvents { get; init; } = [];

    /// <summary>The key ARN.</summary>
    public override string ToString() => Arn;
}
