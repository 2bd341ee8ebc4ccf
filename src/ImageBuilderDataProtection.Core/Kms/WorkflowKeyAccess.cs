using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;
using ImageBuilderDataProtection.Policies.Lint;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// Changes who may use a live key for workflows: reads its policy, changes only what was asked for, lints, puts, and reads
/// back. KMS cannot put a policy on condition that it is still the one that was read. So the policy is read again right
/// before it is put, and what someone else puts at the same time is found by reading back and the change made again; but a
/// change by someone else that falls between the last reading and the putting is lost, here as in every client of KMS.
/// Make changes to one key one after the other.
/// </summary>
/// <param name="kms">KMS, as the caller who administers the key.</param>
/// <param name="clock">Measures the waits for KMS to show what was put.</param>
public sealed class WorkflowKeyAccess(IKms kms, TimeProvider? clock = null)
{
    /// <summary>How often a change is made again after someone else has put another policy.</summary>
    public const int MaxAttempts = 5;

    // "AWS KMS eventual consistency" in the AWS KMS Developer Guide: mostly less than a few seconds.
    private static readonly TimeSpan[] ReadBackAfter =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Makes out a change: DescribeKey, GetKeyPolicy, lint. Nothing is put.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>MixedPartitions</c>: a role or pattern is of another partition than the key; <c>NoStatementLeft</c>: no statement would
    /// be left; <c>PolicyHasErrors</c>: the lint finds errors in the policy to be; otherwise KMS refuses, or its policy cannot be read.
    /// </exception>
    public async Task<KeyAccessPlan> PlanAsync(KeyIdentifier key, KeyAccessRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        KeyArn arn = (await kms.DescribeKeyAsync(key, cancellationToken)).Key.Arn;
        RequirePartition(request, arn);
        ReadKeyPolicy read = await kms.GetKeyPolicyAsync(arn, cancellationToken);
        KeyPolicyChange change = MakeChange(read.Policy, request, arn);
        (var before, var after) = (KeyPolicy.Parse(change.Before), KeyPolicy.Parse(change.After));
        var plan = new KeyAccessPlan(request, arn, change);
        if (request is not RevokeRequest revoke)
        {
            return plan with { Warnings = [.. request.Roles.SelectMany(role => WarnOfGrant(arn, role))] };
        }

        RemainingAccess[] remaining = [.. revoke.Roles.Select(role => RemainingAccess.Find(revoke, arn, role, after))];
        return plan with
        {
            Affected = [.. revoke.Roles.SelectMany(role => FindAffected(revoke, arn, role, before, after))],
            Warnings = [.. remaining.SelectMany(static rest => rest.Warnings)],
            Failures = [.. remaining.Select(static rest => rest.Failure).OfType<DataProtectionException>()],
        };
    }

    /// <summary>Puts a change: GetKeyPolicy, PutKeyPolicy, and GetKeyPolicy until it answers with what was put.</summary>
    /// <returns>The key policy read back; the present one when there is nothing to change.</returns>
    /// <exception cref="DataProtectionException">
    /// <c>KeyPolicyChanged</c>: the policy is not the one any more that the plan was made of, so that the change would not be
    /// the one that was shown; <c>KeyPolicyNotKept</c>: someone else puts another policy again and again; otherwise as
    /// <see cref="PlanAsync"/>.
    /// </exception>
    public async Task<KeyPolicy> ApplyAsync(KeyAccessPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            string current = (await kms.GetKeyPolicyAsync(plan.Key, cancellationToken)).Policy;
            KeyPolicyChange change = current == plan.Change.Before ? plan.Change : Renew(plan, current);
            if (!change.IsChange)
            {
                return KeyPolicy.Parse(current);
            }

            await kms.PutKeyPolicyAsync(plan.Key, change.After, bypassPolicyLockoutSafetyCheck: false, cancellationToken);
            if (await ReadBackAsync(plan.Key, change, cancellationToken) is { } kept)
            {
                return kept;
            }
        }

        throw new DataProtectionException(
            "KeyPolicyNotKept",
            FailureKind.Unavailable,
            $"The policy of the key {plan.Key} was put {MaxAttempts} times, and each time KMS answered with another one; see who else changes it, and run the command again.");
    }

    private async Task<KeyPolicy?> ReadBackAsync(KeyArn key, KeyPolicyChange change, CancellationToken cancellationToken)
    {
        var put = KeyPolicy.Parse(change.After);
        foreach (TimeSpan wait in ReadBackAfter)
        {
            await Task.Delay(wait, _clock, cancellationToken);
            string text = (await kms.GetKeyPolicyAsync(key, cancellationToken)).Policy;
            if (text == change.Before)
            {
                continue;
            }

            var policy = KeyPolicy.Parse(text);
            return PolicyComparison.AreSame(policy, put) ? policy : null;
        }

        return null;
    }

    // A grant to one role does not depend on what others have. What a revoke makes unreadable does, and that was shown.
    private static KeyPolicyChange Renew(KeyAccessPlan plan, string current)
    {
        KeyPolicyChange change = MakeChange(current, plan.Request, plan.Key);
        return !change.IsChange || (plan.Request is GrantRequest && change.DoesTheSame(plan.Change))
            ? change
            : throw new DataProtectionException(
                "KeyPolicyChanged",
                FailureKind.InvalidState,
                $"The policy of the key {plan.Key} has been changed by someone else meanwhile, so the change that was shown is not the one to be made now; run the command again.");
    }

    private static KeyPolicyChange MakeChange(string keyPolicy, KeyAccessRequest request, KeyArn key)
    {
        string edited = request.Edit(keyPolicy);
        if (edited == keyPolicy)
        {
            return new KeyPolicyChange(keyPolicy, keyPolicy);
        }

        var policy = KeyPolicy.Parse(edited);
        if (policy.Statements.Count == 0)
        {
            throw new DataProtectionException(
                "NoStatementLeft",
                FailureKind.InvalidState,
                $"The policy of the key {key} would have no statement left, and no one could use or administer the key; add a statement for its administrators first.");
        }

        if (!request.Force)
        {
            RequireNoErrors(policy, key);
        }

        return new KeyPolicyChange(keyPolicy, KeyPolicy.FitsKey(edited) ? edited : policy.ToKeyText());
    }

    private static void RequireNoErrors(KeyPolicy policy, KeyArn key)
    {
        // Not with the role's policies: that they still allow what is revoked here is no error of the key policy.
        var subject = new LintSubject { KeyPolicy = policy, Key = key };
        PolicyFinding[] errors = [.. PolicyLinter.Check(subject).Where(static finding => finding.Severity == FindingSeverity.Error)];
        if (errors.Length > 0)
        {
            string place = errors[0].Path.Length == 0 ? errors[0].Policy : $"{errors[0].Policy}, {errors[0].Path}";
            string more = errors.Length == 1 ? "" : $" (and {errors.Length - 1} more)";
            throw new DataProtectionException(
                "PolicyHasErrors",
                FailureKind.InvalidData,
                $"The policy of the key {key} would have an error, {errors[0].RuleId} ({place}): {errors[0].What.TrimEnd('.')}{more}; use -Force to write it all the same.");
        }
    }

    private static void RequirePartition(KeyAccessRequest request, KeyArn key)
    {
        string? other = request.Roles.FirstOrDefault(role => role.Partition != key.Partition)?.Value
            ?? request.Workflows?.FirstOrDefault(pattern => !pattern.MatchesPartition(key.Partition))?.Value;
        if (other is not null)
        {
            throw new DataProtectionException(
                "MixedPartitions", FailureKind.InvalidArgument, $"\"{other}\" is not of the partition {key.Partition}, as the key {key} is, and no policy reaches across partitions.");
        }
    }

    private static IEnumerable<string> WarnOfGrant(KeyArn key, PrincipalArn role)
    {
        if (role.Account != key.Account)
        {
            yield return $"The role {role} is of another account than the key, so its own policies must let it use {key}, too; New-IBWorkflowRolePolicy writes the statement.";
        }
    }

    private static IEnumerable<AffectedWorkflow> FindAffected(RevokeRequest request, KeyArn key, PrincipalArn role, KeyPolicy before, KeyPolicy after) =>
        AffectedWorkflow.Find(request.Uses, key, role, new RoleOutlook(before, key, role, request.RolePolicies), new RoleOutlook(after, key, role, request.RolePolicies));
}
