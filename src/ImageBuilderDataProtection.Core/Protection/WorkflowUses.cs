using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Protection;

/// <summary>
/// Collects the workflows that keys are used for, from protected files and from audit events. Of any number of events for one
/// workflow, key and form of encryption context, only the latest is kept.
/// </summary>
public sealed class WorkflowUses
{
    // The operations that wrap or open what is encrypted.
    private static readonly HashSet<string> Operations = new(StringComparer.Ordinal)
    {
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncrypt",
    };

    private readonly List<WorkflowUse> _files = [];
    private readonly Dictionary<(string KeyArn, EncryptionContext Pairs, bool IsSigned), WorkflowUse> _events = [];

    /// <summary>The workflows collected, those of files first.</summary>
    public IReadOnlyList<WorkflowUse> All =>
    [
        .. _files,
        .. _events.Values.OrderBy(static use => use.Context[EncryptionContext.WorkflowArnKey], StringComparer.Ordinal).ThenBy(static use => use.LastUsed),
    ];

    /// <summary>Adds a protected workflow.</summary>
    public void Add(ProtectedWorkflow workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        _files.Add(new WorkflowUse { KeyArns = workflow.KeyArns, Context = workflow.EncryptionContext, Path = workflow.Path });
    }

    /// <summary>Adds what an event tells, if it is of a call that succeeded for a workflow; other events are passed over.</summary>
    public void Add(KmsAuditEvent auditEvent)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        if (auditEvent is not { ErrorCode: null, WorkflowArn: not null, EncryptionContext: { } pairs } || !Operations.Contains(auditEvent.EventName)
            || !pairs.ContainsKey(EncryptionContext.WorkflowArnKey))
        {
            return;
        }

        EncryptionContext context = EncryptionContext.Create(pairs);
        foreach (string key in KeysOf(auditEvent))
        {
            var name = (key, context.WithoutReserved(), context.ContainsKey(EncryptionContext.PublicKeyKey));
            if (!_events.TryGetValue(name, out WorkflowUse? known) || known.LastUsed < auditEvent.EventTime)
            {
                _events[name] = new WorkflowUse { KeyArns = [key], Context = context, LastUsed = auditEvent.EventTime };
            }
        }
    }

    // Of a ReEncrypt both keys, since either opens what it has wrapped.
    private static IEnumerable<string> KeysOf(KmsAuditEvent auditEvent) => auditEvent.Resources
        .Select(static resource => resource.Arn)
        .Append(auditEvent.KeyArn)
        .Where(static arn => KeyArn.TryParse(arn, out _))
        .Select(static arn => arn!)
        .Distinct(StringComparer.Ordinal);
}
