namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>Who called, so that the sessions of a role are one.</summary>
internal static class ReportPrincipal
{
    private const string AssumedRole = ":assumed-role/";

    /// <summary>The role whose session called, else the caller; null when the record names none.</summary>
    public static string? Of(KmsAuditEvent record)
    {
        if (record.UserIdentity?.SessionContext?.SessionIssuer is { Type: "Role", Arn: { Length: > 0 } role })
        {
            return role;
        }

        string? caller = record.Principal;
        int name = caller?.IndexOf(AssumedRole, StringComparison.Ordinal) + AssumedRole.Length ?? -1;
        int session = name < AssumedRole.Length ? -1 : caller!.IndexOf('/', name);
        return session < 0 ? caller : caller![..session];
    }
}
