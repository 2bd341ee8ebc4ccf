namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>
/// Puts uses together into the fewest grants that allow these uses and no others: within a grant, every subject has done
/// every action with every workflow. A subject is what distinguishes the statements of a policy: in a key policy the
/// principal, in a role's policy the key.
/// </summary>
internal static class AuditedGrants
{
    private const char Separator = '\0';

    /// <summary>The grants for workflows, each with its subjects.</summary>
    /// <param name="uses">The uses. Those without a workflow are passed over.</param>
    /// <param name="subject">The subject of a use.</param>
    /// <param name="caller">Who is looked at for what is common to all its uses: whether Image Builder made them all.</param>
    public static IEnumerable<(WorkflowGrant Grant, IReadOnlyList<T> Subjects)> ForWorkflows<T>(
        IReadOnlyCollection<AuditedUse> uses,
        Func<AuditedUse, T> subject,
        Func<AuditedUse, PrincipalArn?> caller)
    {
        // First what a subject was asked to do with which workflows, then the actions with the same workflows, then the subjects alike.
        var byAction =
            from ofCaller in uses.Where(static use => use.Workflow is not null).GroupBy(caller)
            let viaImageBuilder = ofCaller.All(static use => use.ViaImageBuilder)
            from ofAction in ofCaller.GroupBy(use => (Subject: subject(use), use.Action))
            let workflows = Join(ofAction.Select(static use => use.Workflow!.Value))
            select (Uses: ofAction, workflows, viaImageBuilder);
        return
            from ofSubject in byAction.GroupBy(static item => (item.Uses.Key.Subject, item.workflows, item.viaImageBuilder))
            let actions = Join(ofSubject.Select(static item => item.Uses.Key.Action))
            let otherKeys = Join(ofSubject.SelectMany(static item => item.Uses).SelectMany(static use => use.OtherContextKeys))
            group ofSubject.Key.Subject by (actions, ofSubject.Key.workflows, ofSubject.Key.viaImageBuilder, otherKeys) into alike
            select (
                new WorkflowGrant
                {
                    AllowedActions = Split(alike.Key.actions),
                    Workflows = [.. Split(alike.Key.workflows).Select(WorkflowArnPattern.Parse)],
                    ExactWorkflows = true,
                    ViaImageBuilder = alike.Key.viaImageBuilder,
                    NoOtherContext = true,
                    OtherContextKeys = Split(alike.Key.otherKeys),
                },
                (IReadOnlyList<T>)[.. alike]);
    }

    /// <summary>The grants to read about keys, each with its subjects.</summary>
    public static IEnumerable<(DescriptionGrant Grant, IReadOnlyList<T> Subjects)> ForDescriptions<T>(IEnumerable<AuditedUse> uses, Func<AuditedUse, T> subject) =>
        from ofSubject in uses.Where(static use => use.Workflow is null).GroupBy(subject)
        group ofSubject.Key by Join(ofSubject.Select(static use => use.Action)) into alike
        select (new DescriptionGrant(Split(alike.Key)), (IReadOnlyList<T>)[.. alike]);

    // Sets, as texts that are equal when the sets are.
    private static string Join(IEnumerable<string> values) => string.Join(Separator, values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string[] Split(string joined) => joined.Split(Separator, StringSplitOptions.RemoveEmptyEntries);
}
