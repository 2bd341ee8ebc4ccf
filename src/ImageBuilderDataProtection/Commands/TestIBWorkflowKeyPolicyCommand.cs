using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Lint;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Test-IBWorkflowKeyPolicy: lints key policies, and says who may do what, and why a call was denied.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IBWorkflowKeyPolicy", DefaultParameterSetName = PolicySet)]
[OutputType(typeof(PolicyFinding), typeof(PolicyDecision), typeof(bool))]
public sealed class TestIBWorkflowKeyPolicyCommand : KmsCmdlet
{
    private const string PolicySet = "Policy";
    private const string KeySet = "KeyId";
    private const string Activity = "Testing key policies";

    private readonly PolicyLines _lines = new();
    private readonly Dictionary<object, object> _tests = [];
    private object[] _rolePolicies = [];
    private object[] _questions = [];
    private long _events;
    private bool _isGood = true;

    /// <summary>The key policies: JSON, policies, keys or files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PolicySet)]
    [ValidateNotNullOrEmpty]
    public object[] Policy { get; set; } = [];

    /// <summary>Files with key policies, with wildcard characters.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [FilePathTransformation]
    public string[] Path { get; set; } = [];

    /// <summary>Files with key policies, each as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The keys whose policies are read.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [Alias("Arn")]
    [ValidateNotNullOrEmpty]
    public string[] KeyId { get; set; } = [];

    /// <summary>Audit events whose decisions are explained.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [AuditEventTransformation]
    public KmsAuditEvent[] AuditEvent { get; set; } = [];

    /// <summary>The key that has the policy, or is to have it.</summary>
    [Parameter(ParameterSetName = PolicySet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyArn { get; set; }

    /// <summary>The role's policies: JSON, or policy documents.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RolePolicy { get; set; } = [];

    /// <summary>The role that has the role policies.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExecutionRoleArn { get; set; }

    /// <summary>Who asks.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Principal { get; set; } = [];

    /// <summary>What they ask for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Action { get; set; } = ["kms:Decrypt", "kms:GenerateDataKey"];

    /// <summary>The workflows they ask it for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] WorkflowArn { get; set; } = [];

    /// <summary>Pairs of the encryption context beside the workflow ARN.</summary>
    [Parameter]
    public Hashtable? EncryptionContext { get; set; }

    /// <summary>Whether the message is not signed.</summary>
    [Parameter]
    [SuppressMessage("Naming", "CA1720", Justification = "Says whether there is a signature, nothing of integers.")]
    public SwitchParameter Unsigned { get; set; }

    /// <summary>Whether Image Builder asks for the principal.</summary>
    [Parameter]
    public SwitchParameter ViaImageBuilder { get; set; }

    /// <summary>Further condition keys of the requests.</summary>
    [Parameter]
    public Hashtable? ConditionKey { get; set; }

    /// <summary>Whether only true or false is emitted.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        _rolePolicies = ForAll(RolePolicy, () => RolePolicy.Select(static text => PolicyDocument.Parse(PolicyFile.RequireText(text))).ToArray());
        _questions = ForAll(Principal, () => Questions().ToArray());
    }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case PolicySet:
                ForEachSource(Policy.Select(Whole).OfType<object>(), SubjectOfObject);
                break;
            case KeySet:
                ForEachSource(KeyId, SubjectOfKey);
                break;
            case LiteralPathSet:
                ForEachLiteralPath(LiteralPath, Activity, file => ForSource(file, SubjectOfFile));
                break;
            default:
                ForEachPath(Path, Activity, file => ForSource(file, SubjectOfFile));
                break;
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        ForEachSource<object>(_lines.Rest is { } rest ? [rest] : [], SubjectOfObject);
        if (Quiet)
        {
            WriteObject(_isGood && !HasFailed);
        }

        base.EndProcessing();
    }

    private void ForEachSource<T>(IEnumerable<T> sources, Func<T, LintSubject> subject)
        where T : notnull
    {
        foreach (T source in sources)
        {
            ForInput(source, () => ForSource(source, subject));
        }
    }

    // A policy is read once, however many audit events are held against it.
    private void ForSource<T>(T source, Func<T, LintSubject> subject)
        where T : notnull
    {
        bool isNew = !_tests.TryGetValue(source, out object? made);
        if (isNew)
        {
            _tests[source] = made = new KeyPolicyTest(subject(source));
        }

        var test = (KeyPolicyTest)made!;
        if (isNew && Quiet)
        {
            Emit(test.Lint());
        }

        foreach (KmsAuditEvent record in AuditEvent)
        {
            ShowProgress("Explaining audit events", ++_events, record.ToString());
            ForInput(record, () => Emit(test.Explain(record)));
        }

        if (AuditEvent.Length == 0 && _questions.Length > 0)
        {
            Emit(_questions.Cast<AccessQuestion>().Select(test.Decide));
        }
        else if (AuditEvent.Length == 0 && !Quiet)
        {
            Emit(test.Lint());
        }
    }

    private void Emit(IEnumerable<PolicyDecision> decisions)
    {
        foreach (PolicyDecision decision in decisions)
        {
            Emit(decision, decision.Allowed);
        }
    }

    private void Emit(IEnumerable<PolicyFinding> findings)
    {
        foreach (PolicyFinding finding in findings)
        {
            Emit(finding, finding.Severity != FindingSeverity.Error);
        }
    }

    private void Emit(object result, bool isGood)
    {
        _isGood &= isGood;
        if (!Quiet)
        {
            WriteObject(result);
        }
    }

    private LintSubject SubjectOfKey(string keyId)
    {
        var keys = new WorkflowKeys(Connect(accountFrom: [keyId], regionFrom: [keyId]));
        (Kms.KeyArn key, KeyPolicy policy) = Wait(stop => keys.ReadPolicyAsync(KeyIdentifier.Parse(keyId), stop));
        return SubjectOf(policy, file: null) with { Key = key };
    }

    // Null for a line that others must follow.
    private object? Whole(object given) => Wrapped.Unwrap(given) is var item && item is string text ? _lines.Add(text) : item;

    private LintSubject SubjectOfObject(object item) => item switch
    {
        string text => SubjectOf(KeyPolicy.Parse(PolicyFile.RequireText(text)), file: null),
        KeyPolicy policy => SubjectOf(policy, file: null),
        WorkflowKey { Policy: { } policy } key => SubjectOf(policy, file: null) with { Key = Kms.KeyArn.Parse(key.Arn) },
        FileInfo file => SubjectOfFile(file.FullName),
        _ => throw new DataProtectionException(
            "PolicyTextExpected",
            FailureKind.InvalidArgument,
            $"A {item.GetType().Name} is not a key policy; give JSON text, a policy, a key with its policy, or a file."),
    };

    private LintSubject SubjectOfFile(string file) => SubjectOf(KeyPolicy.Parse(Wait(stop => PolicyFile.ReadAsync(file, stop))), file);

    private LintSubject SubjectOf(KeyPolicy policy, string? file) => new()
    {
        KeyPolicy = policy,
        File = file,
        Key = KeyArn is null ? null : Kms.KeyArn.Parse(KeyArn),
        RolePolicies = [.. _rolePolicies.Cast<PolicyDocument>()],
        Role = ExecutionRoleArn is null ? null : PrincipalArn.ParseRole(ExecutionRoleArn),
    };

    private IEnumerable<AccessQuestion> Questions() =>
        from principal in Principal
        from action in Action
        from workflow in WorkflowArn.DefaultIfEmpty()
        select new AccessQuestion
        {
            Principal = PrincipalArn.Parse(principal),
            Action = action,
            Workflow = workflow is null ? null : Workflows.WorkflowArn.Parse(workflow),
            AdditionalContext = Parameters.ToContext(EncryptionContext),
            HasPublicKey = !Unsigned,
            ViaImageBuilder = ViaImageBuilder,
            OtherConditions = [.. Parameters.ToConditions(ConditionKey)],
        };
}
