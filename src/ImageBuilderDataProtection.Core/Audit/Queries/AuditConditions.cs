using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Audit.Queries;

/// <summary>
/// The conditions of a query: those of <see cref="AuditFilter.Matches"/>, in functions that Trino documents and both engines
/// have. A condition on what a record does not have is NULL, which selects nothing, as it matches nothing there.
/// </summary>
internal static class AuditConditions
{
    private const string Indent = "\n        ";

    // What a grant demands of later calls is a context, too.
    private static readonly string[] ContextPaths =
        ["encryptionContext", "destinationEncryptionContext", "sourceEncryptionContext", "constraints.encryptionContextSubset", "constraints.encryptionContextEquals"];

    private static readonly string[] RequestKeyPaths = ["keyId", "sourceKeyId", "targetKeyId", "destinationKeyId"];

    // As AccessDeniedMessage has it.
    private static readonly string RefusedKey =
        $"split_part(split_part(errormessage, {SqlText.Literal(AccessDeniedMessage.BeforeResource)}, 2), {SqlText.Literal(AccessDeniedMessage.AfterResource)}, 1)";

    private static readonly string[] ResponseKeyPaths = ["keyId", "keyMetadata.arn", "replicaKeyMetadata.arn"];

    /// <summary>The conditions; all must hold.</summary>
    public static IEnumerable<string> Of(AuditFilter filter, AuditTable table)
    {
        List<string> conditions = [$"eventsource = {SqlText.Literal(KmsAuditEvent.KmsEventSource)}"];
        conditions.AddRange(table.During(filter.Times));
        AddAmong(conditions, "requestid", filter.RequestIds);
        AddAmong(conditions, "eventid", filter.EventIds);
        AddAmong(conditions, "eventname", filter.EventNames);
        AddAmong(conditions, "awsregion", filter.Region is null ? [] : [filter.Region]);
        if (filter.DeniedOnly)
        {
            conditions.Add(IsDenied());
        }

        if (filter.Principals.Count > 0)
        {
            conditions.Add(IsBy(filter.Principals, table));
        }

        if (filter.InvokedBy.Count > 0)
        {
            conditions.Add(IsThrough(filter.InvokedBy));
        }

        if (filter.Key is not null)
        {
            conditions.Add(IsOfKey(filter.Key, table));
        }

        if (filter.Workflows.Count > 0)
        {
            conditions.Add(IsForOneOf(filter.Workflows, table));
        }
        else if (filter.NeedsWorkflow)
        {
            conditions.Add($"({IsForWorkflow(table, [])}{Indent}OR {IsContextHidden(table)})");
        }

        return conditions;
    }

    private static void AddAmong(List<string> conditions, string column, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            conditions.Add(values.Count == 1
                ? $"upper({column}) = {Folded(values[0])}"
                : $"upper({column}) IN ({string.Join(", ", values.Select(Folded))})");
        }
    }

    // As KmsAuditEvent.IsDenied has it.
    private static string IsDenied() =>
        $"(errorcode LIKE '%AccessDenied%'{Indent}OR errorcode LIKE '%UnauthorizedOperation'{Indent}OR (errorcode IS NOT NULL AND errormessage LIKE {SqlText.Literal($"%{AccessDeniedMessage.Refusal}%")}))";

    // As AuditUserIdentity.Names has it: a session's name is the end of its principal id, and a service that called for somebody is not who called.
    private static string IsBy(IReadOnlyList<AuditPattern> patterns, AuditTable table)
    {
        string isNamed = AnyCaller(table, IsLike("caller", patterns));
        return patterns.Any(static pattern => pattern.AsksForNone) ? $"({isNamed}{Indent}OR NOT {AnyCaller(table, "caller IS NOT NULL")})" : isNamed;
    }

    private static string AnyCaller(AuditTable table, string condition) =>
        $"any_match({Indent}ARRAY[useridentity.arn, useridentity.sessioncontext.sessionissuer.arn, useridentity.username,"
        + $"{Indent}    useridentity.sessioncontext.sessionissuer.username, useridentity.principalid,"
        + $"{Indent}    CASE WHEN useridentity.type IN ('AssumedRole', 'FederatedUser') THEN substr(useridentity.principalid, strpos(useridentity.principalid, ':') + 1) END,"
        + $"{Indent}    CASE WHEN useridentity.type IS NULL OR useridentity.type = 'AWSService' THEN useridentity.invokedby END,"
        + $"{Indent}    useridentity.accountid, useridentity.onbehalfof.userid{table.OtherCallers}],"
        + $"{Indent}caller -> {condition})";

    private static string IsThrough(IReadOnlyList<AuditPattern> services) =>
        $"({IsLike("useridentity.invokedby", services)}{(services.Any(static pattern => pattern.AsksForNone) ? $"{Indent}OR useridentity.invokedby IS NULL" : "")})";

    private static string IsOfKey(KeyIdentifier key, AuditTable table)
    {
        string[] names = [.. RequestKeyPaths.Select(table.Request.Text), .. ResponseKeyPaths.Select(table.Response.Text), RefusedKey];
        return $"(any_match(resources, resource -> {IsKey("resource.arn", key)})"
            + $"{Indent}OR any_match({Indent}    ARRAY[{string.Join($",{Indent}        ", names)}],"
            + $"{Indent}    name -> {IsKey("name", key)}))";
    }

    // A key id alone is of a key in the region that was called.
    private static string IsKey(string name, KeyIdentifier key)
    {
        string isId = $"{name} = {SqlText.Literal(key.Resource)}";
        return key.Kind == KeyIdentifierKind.KeyArn
            ? $"{name} = {SqlText.Literal(key.Value)} OR ({isId} AND awsregion = {SqlText.Literal(key.Region!)})"
            : $"{isId} OR {name} LIKE {SqlText.Literal("%" + SqlText.EscapeLike(":key/" + key.Resource))} {SqlText.Escape}";
    }

    // A condition on a missing context is NULL, and so would be its contrary.
    private static string IsForOneOf(IReadOnlyList<AuditPattern> patterns, AuditTable table)
    {
        List<string> ways = [IsForWorkflow(table, patterns)];
        if (patterns.Any(static pattern => pattern.AsksForHidden))
        {
            ways.Add(IsContextHidden(table));
        }

        if (patterns.Any(static pattern => pattern.AsksForNone))
        {
            ways.Add($"NOT coalesce({IsForWorkflow(table, [])}{Indent}OR {IsContextHidden(table)}, FALSE)");
        }

        return ways.Count == 1 ? ways[0] : $"({string.Join($"{Indent}OR ", ways)})";
    }

    // A context is text pairs. The name of the workflow's ARN may be in wrong case, and a ReEncrypt has two contexts.
    private static string IsForWorkflow(AuditTable table, IReadOnlyList<AuditPattern> patterns)
    {
        string isWorkflow = $"upper(name) = {Folded(EncryptionContext.WorkflowArnKey)}";
        string condition = patterns.Count == 0 ? isWorkflow : $"{isWorkflow}{Indent}    AND ({IsLike("TRY_CAST(workflow AS varchar)", patterns)})";
        return $"any_match({Indent}ARRAY[{string.Join($",{Indent}    ", ContextPaths.Select(path => $"TRY_CAST({table.Request.Json(path)} AS map(varchar, json))"))}],"
            + $"{Indent}context -> cardinality(map_filter(context, (name, workflow) -> {condition})) > 0)";
    }

    private static string IsContextHidden(AuditTable table) =>
        $"{table.AreParametersHidden}{Indent}OR {SqlText.Literal(KmsAuditEvent.Hidden)} IN ({string.Join($",{Indent}    ", ContextPaths.Prepend("constraints").Select(table.Request.Text))})";

    private static string IsLike(string text, IReadOnlyList<AuditPattern> patterns) => string.Join(
        $"{Indent}    OR ",
        patterns.Select(pattern => SqlText.ToLike(pattern) is { } like ? $"upper({text}) LIKE upper({SqlText.Literal(like)}) {SqlText.Escape}" : $"upper({text}) = {Folded(pattern.Text)}"));

    // Our comparisons without regard to case are by upper case; in lower case some letters differ that are the same in upper case.
    private static string Folded(string value) => $"upper({SqlText.Literal(value)})";
}
