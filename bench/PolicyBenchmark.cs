using ImageBuilderDataProtection.Interop;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Bench;

/// <summary>Deciding requests by the page's two policies, here and by the peer.</summary>
internal static class PolicyBenchmark
{
    private const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";
    private const int Rounds = 3;

    // The key policy as the page has it, its administrator statement included.
    private const string KeyPolicyText = """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Allow access to build images with encrypted workflow",
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole" },
              "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
              "Resource": "*",
              "Condition": { "StringLike": { "kms:EncryptionContext:aws:imagebuilder:arn": "arn:aws:imagebuilder:*:111122223333:workflow/*" } }
            },
            {
              "Sid": "Allow access for key administrators",
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
              "Action": ["kms:*"],
              "Resource": "arn:aws:kms:*:111122223333:key/"
            }
          ]
        }
        """;

    public static void Run()
    {
        string rolePolicyText = PolicyDocument.ForExecutionRole([KeyArn.Parse(Key)]).ToJson();
        Console.WriteLine("Decisions a second on one thread by the page's key policy and role policy. Ours: a request made anew each time, by policies");
        Console.WriteLine("read once (decide), and with both policies read from their text each time (read). The peer decides by policies that JSON.parse");
        Console.WriteLine("has read. Goal: 20 times the peer.");
        Console.WriteLine();
        using JavaScriptPeer? peer = JavaScriptPeer.WhatIsMissing(PeerLibrary.IamSimulate) is string why ? Missing(why) : JavaScriptPeer.Start(PeerLibrary.IamSimulate);
        Console.WriteLine("                       decide        read         peer   decide/peer   read/peer   bytes a decision");
        Measure(peer, rolePolicyText, "allowed", Workflow);
        Measure(peer, rolePolicyText, "not allowed", Workflow.Replace("workflow/", "Workflow/", StringComparison.Ordinal));
        Measure(peer, rolePolicyText, "and told why", Workflow.Replace("workflow/", "Workflow/", StringComparison.Ordinal));
    }

    private static void Measure(JavaScriptPeer? peer, string rolePolicyText, string what, string workflow)
    {
        bool isAllowed = what == "allowed";
        var keyPolicy = KeyPolicy.Parse(KeyPolicyText);
        PolicyDocument[] identity = [PolicyDocument.Parse(rolePolicyText)];
        var principal = RequestPrincipal.RoleSession(PrincipalArn.Parse(Role), "session");
        KeyArn key = KeyArn.Parse(Key);
        EncryptionContext context = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, workflow).With(EncryptionContext.PublicKeyKey, "AsyvVpGZ");

        Action decide = () => Require(Decide(keyPolicy, identity), isAllowed);
        Action read = () => Require(Decide(KeyPolicy.Parse(KeyPolicyText), [PolicyDocument.Parse(rolePolicyText)]), isAllowed);
        JObject simulation = Simulation(rolePolicyText, workflow);
        if (peer is not null)
        {
            string theirs = (string)peer.Ask(new { op = "decide", simulations = new[] { simulation } })["results"]![0]!;
            Require((theirs == "Allowed") == isAllowed, true);
        }

        // In turns, as everywhere; each takes the median of its rounds.
        var rates = new List<double[]>();
        for (int round = 0; round < Rounds; round++)
        {
            double[] ours = Rate.Measure(decide, read);
            double there = peer is null ? double.NaN : (double)peer.Ask(new { op = "bench", simulations = new[] { simulation }, seconds = 1 })["perSecond"]![0]!;
            rates.Add([ours[0], ours[1], there]);
        }

        double Median(int column) => rates.Select(rate => rate[column]).Order().ElementAt(Rounds / 2);
        (double decided, double readAnew, double theirRate) = (Median(0), Median(1), Median(2));
        Console.WriteLine($"{what,-16}{decided,13:N0}{readAnew,12:N0}{theirRate,13:N0}{decided / theirRate,14:F1}{readAnew / theirRate,12:F1}{Rate.Allocated(decide),19:N0}");

        bool Decide(KeyPolicy policy, PolicyDocument[] identityPolicies)
        {
            PolicyDecision decision = PolicyEvaluator.Evaluate(
                new PolicyRequest(principal, "kms:Decrypt", key, RequestConditions.For(principal, context)), policy, identityPolicies);

            // The reasons are looked for when they are asked for.
            return decision.Allowed || (what == "and told why" && decision.NearMisses.Count == 0);
        }
    }

    private static JObject Simulation(string rolePolicyText, string workflow) => new()
    {
        ["principal"] = "arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/session",
        ["action"] = "kms:Decrypt",
        ["resource"] = Key,
        ["account"] = "111122223333",
        ["context"] = new JObject
        {
            ["kms:CallerAccount"] = "111122223333",
            ["aws:PrincipalAccount"] = "111122223333",
            ["aws:PrincipalArn"] = Role,
            ["kms:EncryptionContext:aws:imagebuilder:arn"] = workflow,
            ["kms:EncryptionContext:aws-crypto-public-key"] = "AsyvVpGZ",
            ["kms:EncryptionContextKeys"] = new JArray("aws:imagebuilder:arn", "aws-crypto-public-key"),
        },
        ["keyPolicy"] = JObject.Parse(KeyPolicyText),
        ["identityPolicies"] = new JArray(JObject.Parse(rolePolicyText)),
    };

    private static JavaScriptPeer? Missing(string why)
    {
        Console.WriteLine($"The peer was not measured: {why}.");
        Console.WriteLine();
        return null;
    }

    private static void Require(bool actual, bool expected)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException("The decision is not the expected one.");
        }
    }
}
