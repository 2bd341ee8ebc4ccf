using System.Diagnostics;
using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Policies;

/// <summary>Documents of every shape are written back as they were read; what is no document is refused at once.</summary>
public class PolicyDocumentPropertyTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf("*", "kms:*", "arn:aws:iam::111122223333:root", "${aws:username}", "é€😀", "\"\\\n\t", "2020-01-01T00:00:00Z", ""),
        Gen.String[Gen.Char['\u0001', '\u024F'], 0, 12]);

    private static readonly Gen<JToken> String = Text.Select(static text => (JToken)new JValue(text));
    private static readonly Gen<JToken> Number = Gen.OneOf<JToken>(
        Gen.Long.Select(static number => (JToken)new JValue(number)),
        Gen.OneOf("1.50", "1e5", "-0.0", "123456789012345678901234567890").Select(static digits => (JToken)new JRaw(digits)));

    private static readonly Gen<JToken> Scalar = Gen.OneOf(String, String, Number, Gen.Bool.Select(static truth => (JToken)new JValue(truth)));
    private static readonly Gen<JToken> Unknown = Gen.OneOf(Scalar, Gen.Const((JToken)JValue.CreateNull()), ListOf(Scalar), Gen.Select(Text, Scalar, static (name, value) => (JToken)new JObject { [name] = value }));

    private static readonly Gen<JToken> Principal = Gen.OneOf(
        Gen.Const((JToken)new JValue("*")),
        Objects(Gen.OneOf("AWS", "Service", "Federated", "CanonicalUser", "Other"), OneOrList(String)));

    private static readonly Gen<JToken> Condition = Objects(
        Gen.OneOf("StringLike", "ForAllValues:StringEqualsIfExists", "Null", "NumericLessThan", "DateEquals", "NoSuchOperator"),
        Objects(Text, OneOrList(Scalar)));

    private static readonly Gen<JToken> Statement = Gen.Select(
        Gen.Select(Gen.OneOf("Allow", "Deny"), Text, Gen.Bool, Gen.Bool, Gen.Bool),
        Gen.Select(Principal, OneOrList(String), OneOrList(String), Condition, Unknown),
        Gen.Int[0, 63],
        Gen.Int,
        static (head, elements, present, order) =>
        {
            (string Name, JToken Value)[] all =
            [
                ("Effect", head.Item1), ("Sid", head.Item2), (head.Item3 ? "Principal" : "NotPrincipal", elements.Item1), (head.Item4 ? "Action" : "NotAction", elements.Item2),
                (head.Item5 ? "Resource" : "NotResource", elements.Item3), ("Condition", elements.Item4), ("Extra", elements.Item5),
            ];
            return (JToken)Shuffled(all.Where((_, index) => index == 0 || (present >> (index - 1) & 1) == 1), order);
        });

    internal static readonly Gen<JToken> Document = Gen.Select(
        OneOrList(Statement), Text, Unknown, Gen.Int[0, 7], Gen.Int,
        static (statements, id, unknown, present, order) =>
        {
            (string Name, JToken Value)[] all = [("Statement", statements), ("Version", "2012-10-17"), ("Id", id), ("Vendor", unknown)];
            return (JToken)Shuffled(all.Where((_, index) => index == 0 || (present >> (index - 1) & 1) == 1), order);
        });

    [Fact]
    public void Parse_then_write_is_identity() => Document.Sample(
        static document =>
        {
            string text = StrictJson.Write(document, indented: true);
            PolicyDocument policy = PolicyDocument.Parse(text);
            Assert.Equal(text, policy.ToJson());
            Assert.Equal(text, KeyPolicy.Parse(StrictJson.Write(document, indented: false)).ToJson());
            Assert.Equal((document["Statement"] as JArray)?.Count ?? 1, policy.Statements.Count);
        },
        iter: 2000);

    [Fact]
    public void Every_document_that_can_be_read_can_be_asked_for_what_is_unsupported() => Document.Sample(
        static document =>
        {
            PolicyDocument policy = PolicyDocument.Parse(StrictJson.Write(document, indented: false));
            _ = PolicySupport.FindUnsupported(policy, PolicyKind.KeyPolicy);
            _ = PolicySupport.FindUnsupported(policy, PolicyKind.IdentityPolicy);
        },
        iter: 1000);

    [Fact]
    public void Random_bytes_are_refused_with_their_place() => Gen.Byte.Array[0, 80].Sample(static bytes =>
        RefusedWithPlace(Encoding.Latin1.GetString(bytes)));

    [Fact]
    public void Text_with_half_a_character_is_refused_and_not_repaired()
    {
        PolicyFormatException error = Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse("{\"Statement\":[],\n\"Id\":\"é\uD800\"}"));
        Assert.Equal((2, 8), (error.Line, error.Column));
    }

    [Fact]
    public void Truncated_documents_are_refused_with_their_place() => Gen.Select(Document, Gen.Double[0, 1]).Sample(
        static (document, share) =>
        {
            string text = StrictJson.Write(document, indented: true);
            int length = (int)((text.Length - 1) * share);
            RefusedWithPlace(text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)]);
        },
        iter: 1000);

    [Theory]
    [InlineData("[", "")]
    [InlineData("{\"Statement\":[", "")]
    [InlineData("{\"a\":", "1")]
    public void Ten_thousand_levels_are_refused_where_the_limit_is(string level, string leaf)
    {
        PolicyFormatException error = Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse(string.Concat(Enumerable.Repeat(level, 9_000)) + leaf));
        Assert.Equal(1, error.Line);
        Assert.InRange(error.Column, StrictJson.MaxDepth / 2, (StrictJson.MaxDepth + 2) * level.Length);
    }

    [Theory]
    [InlineData("{\"Statement\":[],\n \"Statement\":[]}", 2, 2, "Statement")]
    [InlineData("{\"Statement\":{\"Effect\":\"Deny\",\"Effect\":\"Allow\"}}", 1, 31, "Effect")]
    [InlineData("{\"Statement\":{\"Effect\":\"Allow\",\"Condition\":{\"Bool\":{\"a\":\"true\",\"\\u0061\":\"false\"}}}}", 1, 64, "a")]
    public void A_name_that_stands_twice_is_refused(string text, int line, int column, string name)
    {
        PolicyFormatException error = Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse(text));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Contains($"\"{name}\" stands twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_is_no_string() =>
        Assert.Equal("Statement.Action", Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":1.50}}")).Path);

    [Fact]
    public void Fifty_megabytes_are_refused_without_reading_them()
    {
        // Were it read, its first character would be the error.
        string text = "}" + new string(' ', 50 * 1024 * 1024);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => PolicyDocument.Parse(text));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal("JsonTooLarge", error.ErrorId);
        Assert.InRange(allocated, 0, 1024 * 1024);
    }

    [Fact]
    public void The_largest_document_of_the_worst_shape_is_decided_in_bounded_time()
    {
        // Patterns and a value that make a naive matcher exponential, as many as fit.
        string pattern = string.Concat(Enumerable.Repeat("*a", 1000)) + "b";
        string values = string.Join(',', Enumerable.Repeat($"\"{pattern}\"", PolicyDocument.MaxBytes / (pattern.Length + 3) - 1));
        PolicyDocument policy = PolicyDocument.Parse(
            $"{{\"Statement\":{{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{{\"StringLike\":{{\"kms:EncryptionContext:k\":[{values}]}}}}}}}}");
        RequestPrincipal user = RequestPrincipal.From(PrincipalArn.Parse("arn:aws:iam::111122223333:user/Ana"));
        var request = new PolicyRequest(
            user, "kms:Decrypt", KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:key/k"),
            RequestConditions.For(user, EncryptionContext.Empty.With("k", new string('a', 8000))));
        long start = Stopwatch.GetTimestamp();
        Assert.False(PolicyEvaluator.Evaluate(request, policy, []).Allowed);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static void RefusedWithPlace(string text)
    {
        PolicyFormatException error = Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse(text));
        Assert.True(error.Line >= 1 && error.Column >= 1 && error.ErrorId == "MalformedPolicyDocument");
    }

    private static Gen<JToken> ListOf(Gen<JToken> item) => item.List[0, 3].Select(static items => (JToken)new JArray(items));

    private static Gen<JToken> OneOrList(Gen<JToken> item) => Gen.OneOf(item, ListOf(item));

    private static Gen<JToken> Objects(Gen<string> name, Gen<JToken> value) => Gen.Select(name, value).List[0, 3].Select(static pairs =>
    {
        var properties = new JObject();
        foreach ((string key, JToken item) in pairs)
        {
            properties[key] = item.DeepClone();
        }

        return (JToken)properties;
    });

    private static JObject Shuffled(IEnumerable<(string Name, JToken Value)> elements, int order)
    {
        (string Name, JToken Value)[] shuffled = [.. elements];
        new Random(order).Shuffle(shuffled);
        return new JObject(shuffled.Select(static element => new JProperty(element.Name, element.Value.DeepClone())));
    }
}
