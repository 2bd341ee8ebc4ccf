using Newtonsoft.Json.Linq;
using Xunit.Abstractions;

namespace ImageBuilderDataProtection.Interop;

/// <summary>Our policy decisions against those of iam-simulate.</summary>
public class PolicyPeerTests(ITestOutputHelper output)
{
    private const int Cases = 4000;
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample/1.0.0/*";
    private const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";

    [PeerFact(PeerLibrary.IamSimulate)]
    public void Generated_policies_and_requests_are_decided_alike()
    {
        PolicyCase[] cases = [.. Enumerable.Range(1, Cases).Select(PolicyCaseGenerator.Make)];
        using var peer = JavaScriptPeer.Start(PeerLibrary.IamSimulate);
        string[] theirs = Ask(peer, cases);
        string[] ours = [.. cases.Select(Decide)];
        var differing = Enumerable.Range(0, Cases).Where(i => ours[i] != theirs[i]).ToList();
        Assert.True(
            differing.Count == 0,
            $"{differing.Count} of {Cases} are decided otherwise. Seeds: {string.Join(", ", differing.Take(20).Select(static i => i + 1))}. " +
            string.Join("\n", differing.Take(1).Select(i => $"Seed {i + 1}: ours {ours[i]}, the peer's {theirs[i]}, because: {cases[i].Decide()}\n{cases[i]}")));

        // Agreement is worth something only when all decisions come up, and when the encryption context decides some of them.
        PolicyCase[] allowed = [.. cases.Where((_, i) => ours[i] == "Allowed")];
        PolicyCase[] without = [.. allowed.Select(static one => one.WithoutEncryptionContext())];
        string[] theirsWithout = Ask(peer, without);
        Assert.Equal(without.Select(Decide), theirsWithout);
        int byContext = theirsWithout.Count(static decision => decision != "Allowed");
        int denied = ours.Count(static decision => decision == "ExplicitlyDenied");
        output.WriteLine($"{Cases} alike: {allowed.Length} allowed, {byContext} of them for their encryption context alone; {denied} explicitly denied");
        Assert.True(allowed.Length > Cases / 8 && denied > Cases / 8 && byContext > Cases / 40);
    }

    [PeerFact(PeerLibrary.IamSimulate)]
    public void An_Allow_depends_on_the_encryption_context_and_the_peers_public_way_in_loses_it()
    {
        PolicyCase allowed = Case(
            "{'Effect':'Allow','Principal':{'AWS':'" + Role + "'},'Action':'kms:Decrypt','Resource':'*','Condition':{'StringLike':{'kms:EncryptionContext:aws:imagebuilder:arn':'arn:aws:imagebuilder:*:111122223333:workflow/*'}}}");
        PolicyCase denied = allowed with { EncryptionContext = new Dictionary<string, string> { ["aws:imagebuilder:arn"] = Workflow.Replace("111122223333", "444455556666", StringComparison.Ordinal) } };
        using var peer = JavaScriptPeer.Start(PeerLibrary.IamSimulate);
        Assert.Equal(["Allowed", "ImplicitlyDenied", "ImplicitlyDenied"], Ask(peer, allowed, denied, allowed.WithoutEncryptionContext()));
        Assert.Equal(["Allowed", "ImplicitlyDenied", "ImplicitlyDenied"], new[] { allowed, denied, allowed.WithoutEncryptionContext() }.Select(Decide));

        JObject lost = peer.Ask(new { op = "decide-public", simulation = allowed.ToSimulation() });
        Assert.Equal("ImplicitlyDenied", (string?)lost["result"]);
        Assert.Contains("kms:EncryptionContext:aws:imagebuilder:arn", lost["ignored"]!.Values<string>());
    }

    private const string Guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
    private const string Operators = Guide + "reference_policies_elements_condition_operators.html";
    private const string Variables = Guide + "reference_policies_variables.html";
    private const string Multivalued = Guide + "reference_policies_condition-single-vs-multi-valued-context-keys.html";
    private const string AllowAll = "{'Effect':'Allow','Principal':'*','Action':'kms:*','Resource':'*'}";

    /// <summary>
    /// Where the peer decides otherwise than AWS documents, or where AWS documents nothing and we fail closed: the page, the
    /// statements of the key policy, our decision, the peer's.
    /// </summary>
    public static TheoryData<string, string, string, string> KnownDifferences => new()
    {
        // "the policy statement has no effect" without Resource.
        {
            "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
            "{'Effect':'Allow','Principal':'*','Action':'kms:*'}", "ImplicitlyDenied", "Allowed"
        },

        // Without a prefix length an address is /32, in whatever spelling; and /0 is every address.
        { Operators + "#Conditions_IPAddress", Allow("'IpAddress':{'aws:SourceIp':'0.0.0.0/0'}"), "Allowed", "ImplicitlyDenied" },

        // IfExists: "If the key is not present, evaluate the condition element as true", on any operator but Null.
        { Operators + "#Conditions_IfExists", Allow("'ForAnyValue:StringEqualsIfExists':{'aws:PrincipalOrgPaths':'x'}"), "Allowed", "ImplicitlyDenied" },
        { Operators + "#Conditions_IfExists", Allow("'NullIfExists':{'aws:PrincipalOrgPaths':'true'}"), "ImplicitlyDenied", "Allowed" },

        // "ISO 8601 date formats or in epoch (UNIX) time": 1900000000 is in the year 2030; the peer takes it for milliseconds.
        { Operators + "#Conditions_Date", Allow("'DateLessThan':{'aws:CurrentTime':'1900000000'}"), "Allowed", "ImplicitlyDenied" },

        // ${*}, ${?}, ${$}: "in any string where you can use regular policy variables", and so with StringEquals.
        { Variables + "#policy-vars-specialchars", Allow("'StringEquals':{'kms:EncryptionContext:aws:imagebuilder:arn':'" + Workflow.Replace("*", "${*}", StringComparison.Ordinal) + "'}"), "Allowed", "ImplicitlyDenied" },

        // "any attempt to match it fails and causes the statement to be invalid": an invalid Deny is not left out here.
        { Variables + "#policy-vars-infotouse", AllowAll + "," + Deny("'StringNotEquals':{'kms:CallerAccount':'${aws:username}'}"), "ExplicitlyDenied", "Allowed" },

        // "Multivalued context keys require a condition set operator": without one it cannot be told, and a Deny applies.
        { Multivalued, AllowAll + "," + Deny("'StringEquals':{'kms:EncryptionContextKeys':'nothing'}"), "ExplicitlyDenied", "Allowed" },

        // "You can use a policy variable with the ARN condition operator"; the peer takes the ARN apart at the variable's colon.
        { Operators + "#Conditions_ARN", Allow("'ArnLike':{'kms:EncryptionContext:aws:imagebuilder:arn':'arn:aws:imagebuilder:*:${aws:PrincipalAccount}:workflow/*'}"), "Allowed", "ImplicitlyDenied" },

        // "Each of the six colon-delimited components": what a pattern of five means beside a good one is not said.
        {
            Operators + "#Conditions_ARN", Allow("'ArnLike':{'kms:EncryptionContext:aws:imagebuilder:arn':['arn:aws:imagebuilder:*:workflow/*','arn:aws:imagebuilder:*:*:workflow/*']}"),
            "ImplicitlyDenied", "Allowed"
        },

        // "When you use NotPrincipal with Deny, you must also specify the account ARN of the not-denied principal."
        {
            Guide + "reference_policies_elements_notprincipal.html",
            AllowAll + ",{'Effect':'Deny','NotPrincipal':{'AWS':'" + Role + "'},'Action':'*','Resource':'*'}", "ExplicitlyDenied", "Allowed"
        },

        // "In the Resource element ... case sensitive"; the peer ignores the case of the region.
        {
            Guide + "reference_policies_elements_resource.html",
            "{'Effect':'Allow','Principal':'*','Action':'kms:*','Resource':'arn:aws:kms:US-WEST-2:111122223333:key/*'}", "ImplicitlyDenied", "Allowed"
        },
    };

    [PeerTheory(PeerLibrary.IamSimulate)]
    [MemberData(nameof(KnownDifferences))]
    public void Where_the_peer_differs_we_do_what_AWS_documents_or_fail_closed(string page, string statements, string ours, string theirs)
    {
        PolicyCase one = Case(statements);
        using var peer = JavaScriptPeer.Start(PeerLibrary.IamSimulate);
        Assert.True((ours, theirs) == (Decide(one), Ask(peer, one)[0]), $"{page}: {Decide(one)} here, {Ask(peer, one)[0]} there");
    }

    [PeerFact(PeerLibrary.IamSimulate)]
    public void Where_the_caller_makes_the_difference_we_do_what_AWS_documents()
    {
        // "Allows access to the AWS account": the statement for the account gives its root user access, without an identity policy
        // (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
        PolicyCase root = Case("{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:root'},'Action':'kms:*','Resource':'*'}") with { Caller = "arn:aws:iam::111122223333:root" };

        // Version 2008-10-17: "variables such as ${aws:username} are treated as literal strings in the policy" (the page on variables).
        PolicyCase old = Case(Allow("'StringEquals':{'kms:CallerAccount':'${aws:PrincipalAccount}'}"), version: null);
        using var peer = JavaScriptPeer.Start(PeerLibrary.IamSimulate);
        Assert.Equal(["Allowed", "ImplicitlyDenied"], new[] { root, old }.Select(Decide));
        Assert.Equal(["ImplicitlyDenied", "Allowed"], Ask(peer, root, old));
    }

    private static string Allow(string condition) => "{'Effect':'Allow','Principal':'*','Action':'kms:*','Resource':'*','Condition':{" + condition + "}}";

    private static string Deny(string condition) => "{'Effect':'Deny','Principal':'*','Action':'kms:*','Resource':'*','Condition':{" + condition + "}}";

    private static PolicyCase Case(string statements, string? version = "2012-10-17")
    {
        var policy = new JObject();
        if (version is not null)
        {
            policy["Version"] = version;
        }

        policy["Statement"] = JArray.Parse("[" + statements + "]");
        return new PolicyCase(
            Role,
            "kms:Decrypt",
            new Dictionary<string, string> { ["aws:imagebuilder:arn"] = Workflow },
            new Dictionary<string, JToken> { ["aws:SourceIp"] = "203.0.113.5", ["aws:CurrentTime"] = "2024-06-01T12:00:00Z" },
            policy,
            []);
    }

    private static string Decide(PolicyCase one)
    {
        Policies.PolicyDecision decision = one.Decide();
        return decision.Allowed ? "Allowed" : decision.IsExplicitDeny ? "ExplicitlyDenied" : "ImplicitlyDenied";
    }

    private static string[] Ask(JavaScriptPeer peer, params PolicyCase[] cases) =>
        [.. peer.Ask(new { op = "decide", simulations = cases.Select(static one => one.ToSimulation()) })["results"]!.Values<string>().Select(static result => result!)];
}
