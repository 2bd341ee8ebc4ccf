namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>Who called, so that the sessions of a role are one.</summary>
internal static class ReportPrincipal
{
    private const string AssumedRole = ":assumed-role/";

    /// <summary>The role whose session called, else the caller; null when the record names none.</summary>
    /// <param name="identity">Who called.</param>
    /// <param name="caller">What names the caller best.</param>
    public static string? Of(AuditUserIdentity? identity, string? caller)
    {
        // What a user's federated session does is not the user's own doing.
        if (identity?.SessionContext?.SessionIssuer is { Type: null or "Role", Arn: { Length: > 0 } role })
        {
            return role;
        }

        int name = caller?.IndexOf(AssumedRole, StringComparison.Ordinal) + AssumedRole.Length ?? -1;
        int session = name < AssumedRole.Length ? -1 : caller!.IndexOf('/', name);
        return session < 0 ? caller : caller![..session];
    }
}
