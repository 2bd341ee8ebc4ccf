using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Lint;

namespace ImageBuilderDataProtection.Tests.Policies.Lint;

/// <summary>What a rule is tried on: a key policy, and what is known beside it.</summary>
/// <param name="KeyPolicy">The key policy's JSON.</param>
/// <param name="Key">The key's ARN; null when it is not known.</param>
/// <param name="RolePolicy">The role policy's JSON; null for none.</param>
public sealed record LintCase(string KeyPolicy, string? Key = null, string? RolePolicy = null)
{
    public const string Account = "111122223333";
    public const string Other = "444455556666";
    public const string KeyArnText = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    public const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";
    public const string Pattern = "arn:aws:imagebuilder:*:111122223333:workflow/*";

    /// <summary>The administrators' statement.</summary>
    public const string Administrators =
        """{"Sid":"Admins","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}""";

    /// <summary>The role's statement with its parts as they are, or others.</summary>
    public static string Statement(
        string? principal = $$"""{"AWS":"{{Role}}"}""",
        string? action = """["kms:Decrypt","kms:GenerateDataKey"]""",
        string? resource = "\"*\"",
        string? condition = $$$"""{"StringLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"{{{Pattern}}}"}}""",
        string effect = "Allow",
        string sid = "Role") =>
        "{" + string.Join(",", new[]
        {
            $"\"Sid\":\"{sid}\"",
            $"\"Effect\":\"{effect}\"",
            principal is null ? "" : $"\"Principal\":{principal}",
            action is null ? "" : $"\"Action\":{action}",
            resource is null ? "" : $"\"Resource\":{resource}",
            condition is null ? "" : $"\"Condition\":{condition}",
        }.Where(static part => part.Length > 0)) + "}";

    /// <summary>The statement with one condition more.</summary>
    public static string WithCondition(string condition) =>
        Statement(condition: $$"""{"StringLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"{{Pattern}}"},{{condition}}}""");

    /// <summary>A policy of these statements alone.</summary>
    public static string Bare(params string[] statements) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(",", statements)}}]}""";

    /// <summary>A policy of the administrators' statement and these.</summary>
    public static LintCase With(params string[] statements) => new(Bare([Administrators, .. statements]));

    public IReadOnlyList<PolicyFinding> Check() => PolicyLinter.Check(new LintSubject
    {
        KeyPolicy = ImageBuilderDataProtection.Policies.KeyPolicy.Parse(KeyPolicy),
        Key = Key is null ? null : KeyArn.Parse(Key),
        RolePolicies = RolePolicy is null ? [] : [PolicyDocument.Parse(RolePolicy)],
    });
}
