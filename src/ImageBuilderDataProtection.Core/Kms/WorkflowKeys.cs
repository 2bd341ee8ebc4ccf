using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms;

/// <summary>Makes and describes the customer managed keys that protect workflows.</summary>
/// <param name="kms">KMS, as the caller who administers the keys.</param>
public sealed class WorkflowKeys(IKms kms)
{
    private const string AliasPrefix = "alias/";

    /// <summary>Makes a key: DescribeKey of the alias, which must not be there, CreateKey, then CreateAlias and EnableKeyRotation where wanted.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidKeyId</c>: the alias has not the form of one; <c>AlreadyExistsException</c>: another key has it; otherwise KMS refuses. When it refuses after CreateKey, the
    /// message names the key that was made.
    /// </exception>
    public async Task<WorkflowKey> CreateAsync(WorkflowKeySettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string? alias = settings.Alias is null ? null : AliasName(settings.Alias);
        if (alias is not null)
        {
            await RequireFreeAsync(alias, cancellationToken);
        }

        DescribedKey created = await kms.CreateKeyAsync(
            settings.Policy is null ? null : settings.Policy.ToKeyText(), settings.Description, settings.BypassPolicyLockoutSafetyCheck, cancellationToken);
        KeyArn arn = created.Key.Arn;
        List<KmsResult> calls = [created];

        // The key exists from here on and costs money: whoever asked for it must learn its name. So nothing is cancelled now.
        try
        {
            if (alias is not null)
            {
                calls.Add(await kms.CreateAliasAsync(alias, arn, CancellationToken.None));
            }

            if (settings.RotationPeriodInDays is int days)
            {
                calls.Add(await kms.EnableKeyRotationAsync(arn, days, CancellationToken.None));
            }
        }
        catch (KmsException error)
        {
            throw new KmsException(error.ErrorId, ButThen(error), error.RequestId, error.AuditEvent, error);
        }
        catch (DataProtectionException error)
        {
            throw new DataProtectionException(error.ErrorId, error.Kind, ButThen(error), error);
        }

        return new WorkflowKey(created.Key)
        {
            Aliases = alias is null ? [] : [alias],
            RotationPeriodInDays = settings.RotationPeriodInDays,
            Policy = settings.Policy,
            AuditEvents = Records(calls),
        };

        string ButThen(DataProtectionException error) => $"The key {arn} was made, but then: {error.Message.TrimEnd('.')}. Use the key by its ARN, or schedule its deletion.";
    }

    /// <summary>Describes a key: DescribeKey, ListAliases, GetKeyRotationStatus and GetKeyPolicy.</summary>
    /// <exception cref="DataProtectionException">KMS refuses, or the key's policy cannot be read.</exception>
    public async Task<WorkflowKey> DescribeAsync(KeyIdentifier key, CancellationToken cancellationToken)
    {
        DescribedKey described = await kms.DescribeKeyAsync(key, cancellationToken);
        KeyArn arn = described.Key.Arn;
        ListedAliases aliases = await kms.ListAliasesAsync(arn, cancellationToken);
        RotationStatus rotation = await kms.GetKeyRotationStatusAsync(arn, cancellationToken);
        ReadKeyPolicy policy = await kms.GetKeyPolicyAsync(arn, cancellationToken);
        return new WorkflowKey(described.Key)
        {
            Aliases = aliases.AliasNames,
            RotationPeriodInDays = rotation.KeyRotationEnabled
                ? rotation.RotationPeriodInDays ?? WorkflowKeySettings.DefaultRotationPeriodInDays
                : null,
            Policy = KeyPolicy.Parse(policy.Policy),
            AuditEvents = Records([described, aliases, rotation, policy]),
        };
    }

    /// <summary>Reads the policy of a key: DescribeKey, for its ARN, and GetKeyPolicy.</summary>
    /// <exception cref="DataProtectionException">KMS refuses, or the key's policy cannot be read.</exception>
    public async Task<(KeyArn Key, KeyPolicy Policy)> ReadPolicyAsync(KeyIdentifier key, CancellationToken cancellationToken)
    {
        KeyArn arn = (await kms.DescribeKeyAsync(key, cancellationToken)).Key.Arn;
        return (arn, KeyPolicy.Parse((await kms.GetKeyPolicyAsync(arn, cancellationToken)).Policy));
    }

    // A key costs money, so it is not made for an alias that it cannot get.
    private async Task RequireFreeAsync(string alias, CancellationToken cancellationToken)
    {
        if (await FindAsync(KeyIdentifier.Parse(alias), cancellationToken) is { } taken)
        {
            throw new DataProtectionException(
                "AlreadyExistsException",
                FailureKind.AlreadyExists,
                $"The alias {alias} is taken by the key {taken}, so no key was made; use that key, or give another alias.");
        }
    }

    private async Task<KeyArn?> FindAsync(KeyIdentifier alias, CancellationToken cancellationToken)
    {
        try
        {
            return (await kms.DescribeKeyAsync(alias, cancellationToken)).Key.Arn;
        }
        catch (DataProtectionException)
        {
            // NotFoundException: it is free. Of any other failure, such as that the caller may not look, the next calls tell.
            return null;
        }
    }

    private static string AliasName(string alias)
    {
        string name = alias.StartsWith(AliasPrefix, StringComparison.Ordinal) ? alias : AliasPrefix + alias;
        return name.StartsWith("alias/aws/", StringComparison.Ordinal)
            ? throw new DataProtectionException(
                "InvalidKeyId", FailureKind.InvalidArgument, $"\"{name}\" cannot be made: aliases that begin with alias/aws/ are AWS's own.")
            : KeyIdentifier.Parse(name).Value;
    }

    private static KmsAuditEvent[] Records(IEnumerable<KmsResult> calls) => [.. calls.Select(static call => call.AuditEvent).OfType<KmsAuditEvent>()];
}
