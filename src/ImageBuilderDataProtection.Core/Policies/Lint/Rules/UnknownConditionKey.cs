using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>A condition key that no request to AWS KMS has.</summary>
internal sealed class UnknownConditionKey : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "No request to KMS has it: a condition that asks for it never holds, and one that excludes it always does.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        where KmsActions.All.Any(statement.Covers)
        from condition in statement.Conditions
        where !KnownConditionKeys.IsKnown(condition.Key)
        select InCondition(statement, condition, value: null, $"{condition.Key} is no condition key of AWS KMS, nor one that every service has.", Fix(condition.Key))
            with
            { Severity = IsSure(condition.Key) ? FindingSeverity.Error : FindingSeverity.Warning };

    // AWS adds global keys, and keys of services that reach beyond them, now and then; those of KMS and of the context are known.
    private static bool IsSure(string key) =>
        key.StartsWith(KmsActions.Prefix, StringComparison.OrdinalIgnoreCase) || IsContextName(key);

    private static bool IsContextName(string key) =>
        key.Equals(EncryptionContext.WorkflowArnKey, StringComparison.OrdinalIgnoreCase) || key.Equals(EncryptionContext.PublicKeyKey, StringComparison.OrdinalIgnoreCase);

    private static string Fix(string key) =>
        IsContextName(key) || key.StartsWith("kms:EncryptionContext", StringComparison.OrdinalIgnoreCase) ? $"Write {ConditionKeys.WorkflowArn}."
        : Spelling.Nearest(key, KnownConditionKeys.Names) is { } meant ? $"Write {meant}, if that was meant."
        : "Take it out, or write the key as the AWS KMS Developer Guide has it.";
}
