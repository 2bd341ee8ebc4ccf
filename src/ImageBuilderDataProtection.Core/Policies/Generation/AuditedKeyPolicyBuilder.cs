using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>
/// Writes the narrowest key policy that would have allowed what audit events show, denied ones too: for each principal the
/// actions it asked for, each with the very workflows it asked for, under encryption contexts with no other pairs than those
/// seen, and only through Image Builder when it always called that way. What the key administrators' statement allows anyway
/// gets no statement.
/// </summary>
public sealed class AuditedKeyPolicyBuilder
{
    private readonly AuditedKeyPolicySettings _settings;
    private readonly AuditedUses _uses;
    private readonly KeyAdministration? _named;

    // With no administrators named, it is not known before the end whether the root of the key's account is the caller's.
    private readonly List<(KmsAuditEvent Event, AuditedUse Use)> _byRoots = [];

    /// <summary>Starts a policy.</summary>
    public AuditedKeyPolicyBuilder(AuditedKeyPolicySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Partitions.RequireOne(settings.KeyAdministrators.Select(static administrator => administrator.Partition).Concat(settings.Key is null ? [] : [settings.Key.Partition]));
        StatementIds.RequireOfKeyPolicy(settings.Sid);
        _settings = settings;
        _named = settings.KeyAdministrators.Count == 0 ? null : KeyAdministration.Of(settings.KeyAdministrators, settings.AdministrativeActionsOnly, partition: "", accounts: []);
        _uses = new AuditedUses(settings.Key?.Partition ?? (settings.KeyAdministrators is [PrincipalArn first, ..] ? first.Partition : null));
    }

    /// <summary>Takes an event up.</summary>
    /// <exception cref="DataProtectionException">
    /// The policy cannot allow the event, and will not; the message names it. <c>AuditContextHidden</c>: CloudTrail withholds the
    /// context; <c>AuditPrincipalUnknown</c>: it names no role or user; <c>AuditKeyUnknown</c>: it does not tell the key, or
    /// there was none; <c>NotAWorkflowUse</c>: it is another operation, or its context names no workflow; <c>MixedPartitions</c>:
    /// it is of another partition; <c>AuditedAccountRoot</c>: an account root called, which a policy must not name for this.
    /// </exception>
    public void Add(KmsAuditEvent record)
    {
        ArgumentNullException.ThrowIfNull(record);
        AuditedUse[] uses = [.. _uses.Read(record).Where(use => IsOfKey(record, use) && _named?.Allows(use.Principal, use.Action) != true)];
        if (_named is null && uses.Length > 0 && uses[0].Principal.Kind == PrincipalKind.AccountRoot)
        {
            _byRoots.AddRange(uses.Select(use => (record, use)));
            return;
        }

        foreach (AuditedUse use in uses)
        {
            RequireGrantable(record, use);
        }

        _uses.Add(uses);
    }

    /// <summary>The policy.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>NoAuditedUse</c>: no event shows a use; <c>KeyAdministratorRequired</c>: the key's account is not to be told from the
    /// events; <c>PolicyTooLarge</c>.
    /// </exception>
    public AuditedKeyPolicy Build()
    {
        IReadOnlyCollection<AuditedUse> uses = _uses.All;
        KeyArn[] keys = [.. uses.Concat(_byRoots.Select(static item => item.Use)).Select(static use => use.Key).OfType<KeyArn>().Distinct()];
        PrincipalArn[] principals = [.. uses.Select(static use => use.Principal).Concat(_byRoots.Select(static item => item.Use.Principal)).Distinct()];
        if (principals.Length == 0)
        {
            throw AuditedUses.None();
        }

        string[] accounts = [.. (keys.Length > 0 ? keys.Select(static key => key.Account) : principals.Select(static principal => principal.Account)).Distinct(StringComparer.Ordinal)];
        KeyAdministration administration = _named ?? KeyAdministration.Of([], _settings.AdministrativeActionsOnly, principals[0].Partition, accounts);
        List<UnusableAuditEvent> unusable = [.. _uses.OfOtherAccounts];
        unusable.AddRange(_byRoots
            .Where(item => !administration.Allows(item.Use.Principal, item.Use.Action))
            .Select(static item => new UnusableAuditEvent(item.Event, FindProblem(item.Event, item.Use)!))
            .DistinctBy(static item => item.Event));
        return new AuditedKeyPolicy(KeyPolicy.Of([.. ToStatements(uses), administration.ToStatement()]), keys, unusable);
    }

    private IEnumerable<JObject> ToStatements(IReadOnlyCollection<AuditedUse> uses) =>
    [
        .. AuditedGrants.ForWorkflows(uses, static use => use.Principal, static use => use.Principal)
            .Select((item, index) => item.Grant.ToKeyStatement(StatementIds.Numbered(_settings.Sid, index), item.Subjects)),
        .. AuditedGrants.ForDescriptions(uses, static use => use.Principal)
            .Select(static (item, index) => item.Grant.ToKeyStatement(StatementIds.Numbered("Allow reading about the key", index), item.Subjects)),
    ];

    private bool IsOfKey(KmsAuditEvent record, AuditedUse use) =>
        _settings.Key is null
        || use.Key == _settings.Key
        || (use.Key is null ? throw AuditedRequests.Unusable(record, "AuditKeyUnknown", "does not tell the key, so that it is not known whether it is the one asked for") : false);

    private static void RequireGrantable(KmsAuditEvent record, AuditedUse use)
    {
        if (FindProblem(record, use) is { } problem)
        {
            throw problem;
        }
    }

    private static DataProtectionException? FindProblem(KmsAuditEvent record, AuditedUse use) =>
        !AuditedUseReader.IsOfWorkflows(use) ? AuditedUseReader.NotOfWorkflows(record)
        : use.Principal.Kind == PrincipalKind.AccountRoot
            ? AuditedRequests.Unusable(
                record,
                "AuditedAccountRoot",
                $"was called by {use.Principal}; a statement for it would let every IAM policy of the account hand out the use of the key, so call as a role instead")
            : null;
}
