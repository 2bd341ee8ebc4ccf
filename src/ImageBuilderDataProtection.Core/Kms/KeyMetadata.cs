namespace ImageBuilderDataProtection.Kms;

/// <summary>What DescribeKey tells of a key (KeyMetadata in the AWS KMS API Reference), as far as this module needs it.</summary>
/// <param name="Arn">The key ARN.</param>
/// <param name="State">The key state.</param>
/// <param name="Description">The description; may be empty.</param>
/// <param name="CreationDate">When the key was made, UTC.</param>
/// <param name="DeletionDate">When the key will be deleted, UTC; null unless pending deletion.</param>
/// <param name="CurrentKeyMaterialId">The id of the key material that encrypts now, 64 hexadecimal digits.</param>
public sealed record KeyMetadata(
    KeyArn Arn,
    KeyState State,
    string Description,
    DateTime CreationDate,
    DateTime? DeletionDate,
    string? CurrentKeyMaterialId);
