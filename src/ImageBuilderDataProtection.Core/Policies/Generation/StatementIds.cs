namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>Reads the names of statements, their Sid.</summary>
internal static class StatementIds
{
    /// <summary>
    /// The name of a statement of a key policy. It may have spaces ("Creating a key policy" in the AWS KMS Developer Guide).
    /// </summary>
    /// <exception cref="DataProtectionException"><c>InvalidSid</c>.</exception>
    public static string RequireOfKeyPolicy(string sid) =>
        PolicyCharacters.IsText(sid)
            ? sid
            : throw Invalid(sid, "a key policy takes printable characters of Latin-1 only");

    /// <summary>The name of a statement of an IAM policy ("IAM JSON policy elements: Sid" in the IAM User Guide).</summary>
    /// <exception cref="DataProtectionException"><c>InvalidSid</c>.</exception>
    public static string RequireOfRolePolicy(string sid) =>
        sid.Length > 0 && sid.All(char.IsAsciiLetterOrDigit)
            ? sid
            : throw Invalid(sid, "IAM takes letters A to Z, a to z and digits only, no spaces, such as AllowAccessToTheWorkflowKey");

    /// <summary>The names of several statements: the name itself, then with a number, in its own style.</summary>
    public static string Numbered(string sid, int index) =>
        index == 0 ? sid : $"{sid}{(sid.Contains(' ', StringComparison.Ordinal) ? " " : "")}{index + 1}";

    private static DataProtectionException Invalid(string sid, string reason) =>
        new("InvalidSid", FailureKind.InvalidArgument, $"\"{sid}\" cannot be the Sid of the statement: {reason}.");
}
