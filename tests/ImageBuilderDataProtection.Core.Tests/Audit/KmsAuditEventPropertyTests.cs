using System.Globalization;
using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit;

/// <summary>What one pass over a record's bytes finds is what a full parser finds, however the record is written.</summary>
public class KmsAuditEventPropertyTests
{
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf(
            Key, Key.Replace('1', '2'), "arn:aws:kms:us-west-2:111122223333:alias/x", "1234abcd-12ab-34cd-56ef-1234567890ab", KmsAuditEvent.Hidden, "AccessDenied", "DisabledException", "true", "False",
            "arn:aws:iam::111122223333:role/x", "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*", "imagebuilder.amazonaws.com", "AROAEXAMPLE:name", "2026-11-24T12:00:00Z", "é€😀", "\"\\\n\t\u2028", ""),
        Gen.String[Gen.Char['\u0001', '\u024F'], 0, 12]);

    private static readonly Gen<JToken> Scalar = Gen.OneOf<JToken>(
        Text.Select(static text => (JToken)new JValue(text)),
        Text.Select(static text => (JToken)new JValue(text)),
        Gen.Long.Select(static number => (JToken)new JValue(number)),
        Gen.OneOf("1.50", "-0", "1e400", "123456789012345678901234567890").Select(static digits => (JToken)new JRaw(digits)),
        Gen.Bool.Select(static truth => (JToken)new JValue(truth)),
        Gen.Int.Select(static _ => (JToken)JValue.CreateNull()));

    private static readonly Gen<JToken> Message = Gen.Select(
        Gen.OneOf("User: x is not authorized to perform: kms:Decrypt on resource: ", "on resource: ", " on resource:", " on resource: "), Text, Gen.OneOf("", " because no identity-based policy allows it", "\t", " on resource: " + Key),
        static (start, resource, end) => (JToken)new JValue(start + resource + end));

    private static readonly Gen<JToken> Odd = Gen.OneOf(
        Scalar,
        Scalar.Array[0, 3].Select(static items => (JToken)new JArray(items)),
        Gen.Select(Text, Text, Scalar, static (outer, inner, value) => (JToken)new JObject { [outer] = new JObject { [inner] = value } }));

    private static readonly Gen<JToken> Context = Gen.OneOf(
        Some(("aws:imagebuilder:arn", Scalar), ("aws:ImageBuilder:ARN", Scalar), ("purpose", Scalar)),
        Gen.Const(KmsAuditEvent.Hidden).Select(static text => (JToken)new JValue(text)));

    private static readonly Gen<JToken> Identity = Some(
        ("type", Gen.OneOf("AssumedRole", "AWSService", "FederatedUser", "Unknown").Select(static text => (JToken)new JValue(text))),
        ("arn", Scalar), ("invokedBy", Scalar), ("principalId", Scalar), ("accountId", Scalar), ("userName", Scalar), ("identityProvider", Scalar), ("credentialId", Scalar), ("accessKeyId", Scalar),
        ("onBehalfOf", Some(("userId", Scalar), ("identityStoreArn", Scalar))),
        ("sessionContext", Some(
            ("sessionIssuer", Some(("arn", Scalar), ("userName", Scalar), ("type", Scalar))),
            ("attributes", Some(("mfaAuthenticated", Scalar), ("creationDate", Scalar))),
            ("sourceIdentity", Scalar))));

    private static readonly Gen<JToken> Request = Some(
        ("keyId", Scalar), ("sourceKeyId", Scalar), ("targetKeyId", Scalar), ("destinationKeyId", Scalar),
        ("encryptionContext", Context), ("sourceEncryptionContext", Context), ("destinationEncryptionContext", Context),
        ("constraints", Some(("encryptionContextSubset", Context), ("encryptionContextEquals", Context), ("other", Odd))),
        ("numberOfBytes", Scalar));

    private static readonly Gen<JToken> Resources = Some(("ARN", Scalar), ("type", Scalar), ("accountId", Scalar)).Array[0, 3].Select(static items => (JToken)new JArray(items));

    private static readonly Gen<JObject> Document = Gen.Select(
        Some(
            ("userIdentity", Identity), ("requestParameters", Request), ("resources", Resources), ("responseElements", Some(("keyId", Scalar), ("keyMetadata", Odd))),
            ("awsRegion", Scalar), ("errorCode", Scalar), ("errorMessage", Gen.OneOf(Scalar, Message)), ("requestID", Scalar), ("eventID", Scalar), ("sharedEventID", Scalar)),
        Some(
            ("eventVersion", Scalar), ("eventType", Scalar), ("eventCategory", Scalar), ("apiVersion", Scalar), ("sourceIPAddress", Scalar), ("userAgent", Scalar), ("recipientAccountId", Scalar),
            ("vpcEndpointId", Scalar), ("vpcEndpointAccountId", Scalar), ("managementEvent", Scalar), ("readOnly", Scalar), ("sessionCredentialFromConsole", Scalar), ("clientView", Scalar),
            ("tlsDetails", Some(("tlsVersion", Scalar), ("cipherSuite", Scalar))), ("addendum", Some(("reason", Scalar))),
            ("additionalEventData", Odd), ("serviceEventDetails", Odd), ("eventContext", Odd), ("edgeDeviceDetails", Odd), ("unknown", Odd)),
        Gen.OneOf("2026-11-24T12:00:00Z", "2026-11-24T12:00:01Z", "2026-01-31T00:00:00Z", "2024-02-29T23:59:59Z", "1999-12-31T09:08:07Z", "0001-01-01T00:00:00Z", "2026-11-24T12:00:00.123Z", "2026-11-24T23:00:00+02:00", "2024-02-29 23:59:59", "2023-02-29T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T12:00:60Z", "x"),
        Gen.Int[0, 9].Select(static number => number == 0 ? "s3.amazonaws.com" : "kms.amazonaws.com"),
        Gen.Int,
        static (first, second, time, source, seed) =>
        {
            var random = new Random(seed);
            int missing = random.Next(40);
            (string Name, JToken Value)[] required = [("eventTime", time), ("eventSource", source), ("eventName", "Decrypt")];

            // One list: a JObject made of several begins the second at index 1, which is out of range when the first is empty.
            JProperty[] properties =
            [
                .. ((JObject)first).Properties(),
                .. required.Where((_, index) => index != missing).Select(static pair => new JProperty(pair.Name, pair.Value)),
                .. ((JObject)second).Properties(),
            ];
            random.Shuffle(properties);
            return new JObject(properties);
        });

    /// <summary>A record, and how it is written.</summary>
    private static readonly Gen<byte[]> Written = Gen.Select(Document, Gen.Int, Gen.Int[0, 3]).Select(static (record, seed, escapes) => new Scribe(seed, escapes).Write(record));

    [Fact]
    public void What_is_found_in_the_bytes_is_what_the_document_says() => Written.Sample(
        static utf8 =>
        {
            Outcome read = Outcome.Of(() => KmsAuditEvent.Read(utf8));
            Assert.Equal(Outcome.Of(() => new KmsAuditEvent(StrictJson.ParseObject(utf8, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes))), read);
            if (read.Error is null)
            {
                Assert.Equal(AuditEventDescription.Of(StrictJson.ParseObject(utf8, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes)), read.Description);
            }
        },
        iter: 2000);

    [Fact]
    public void What_was_written_back_is_read_as_the_same() => Written.Sample(
        static utf8 =>
        {
            if (Outcome.Try(() => KmsAuditEvent.Read(utf8)) is { } record)
            {
                JObject file = JObject.Parse(Encoding.UTF8.GetString(record.ToTrailFile()));
                Assert.Equal(AuditEventDescription.Of(record), AuditEventDescription.Of(KmsAuditEvent.Parse(record.ToJson())));
                Assert.Equal(AuditEventDescription.Of(record), AuditEventDescription.Of(KmsAuditEvent.Read(record.ToTrailFile().AsSpan()[12..^2])));
                Assert.Single(file["Records"]!);
            }
        },
        iter: 500);

    [Fact]
    public void Exactly_what_the_full_parser_refuses_is_refused_in_the_same_words() => Gen.Select(Written, Damage).Sample(
        static (utf8, damage) =>
        {
            byte[] damaged = damage(utf8);
            Outcome expected = Outcome.Of(() => new KmsAuditEvent(StrictJson.ParseObject(damaged, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes)));
            Assert.Equal(expected, Outcome.Of(() => KmsAuditEvent.Read(damaged)));
            JObject? document = Outcome.Try(() => StrictJson.ParseObject(damaged, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes));
            bool isOfAnother = document?["eventSource"] is JValue { Type: JTokenType.String } source && (string)source! != "kms.amazonaws.com";
            Assert.Equal(isOfAnother ? default : expected, Outcome.Of(() => KmsAuditEvent.ReadIfOfKms(damaged)));
        },
        iter: 4000);

    private static Gen<Func<byte[], byte[]>> Damage => Gen.OneOf<Func<byte[], byte[]>>(
        Gen.Select(Gen.Double.Unit, Gen.OneOf("\"", "}", "{", ",", ":", "\\", "\\u", "\\ud83d", "\\ude00", "[", "]", "x", "\u0001", "é", " ", "\"a\":1,", "\"eventName\":1,", "\"event\\u004eame\":\"x\",")).Select(
            static (at, text) => new Func<byte[], byte[]>(utf8 => [.. utf8[..Place(utf8, at)], .. Encoding.UTF8.GetBytes(text), .. utf8[Place(utf8, at)..]])),
        Gen.Select(Gen.Double.Unit, Gen.Byte).Select(static (at, value) => new Func<byte[], byte[]>(utf8 => [.. utf8[..Place(utf8, at)], value, .. utf8[(Place(utf8, at) + 1)..]])),
        Gen.Double.Unit.Select(static at => new Func<byte[], byte[]>(utf8 => utf8[..Place(utf8, at)])),
        Gen.Int[58, 68].Select(static depth => With($"\"deep\":{new string('[', depth)}{new string(']', depth)}")),
        Gen.Select(Gen.OneOf("a", "é", "aws:imagebuilder:arn", "0123456789012345678901234567890123456789"), Gen.Int[0, 200], Gen.Bool, Gen.Bool).Select(static (name, others, isEscaped, isTwice) =>
        {
            string[] names = [.. Enumerable.Range(0, others).Select(static number => $"name-{number}"), name, isTwice ? isEscaped ? Escape(name) : name : name + "2"];
            return With($"\"many\":{{\"inner\":[{{{string.Join(',', names.Select(static value => $"\"{value}\":null"))}}}]}}");
        }),

        // Names that only their middle tells apart.
        Gen.OneOf(
            With("\"0123456789_____________a____________0123456789\":1,\"0123456789_____________b____________0123456789\":2"),
            With("\"0123456789____a____________________ 0123456789\":1,\"0123456789____b____________________ 0123456789\":2"),
            With("\"a\":{\"x\":1},\"b\":{\"x\":1,\"y\":{\"x\":1}},\"x\":1"),
            With("\"a\":{\"x\":1,\"y\":{\"x\":1},\"x\":1}")),
        Gen.OneOf(" x", ",", "{}", "\u00a0", "\n\t ").Select(static text => new Func<byte[], byte[]>(utf8 => [.. utf8, .. Encoding.UTF8.GetBytes(text)])),
        Gen.Const(new Func<byte[], byte[]>(static utf8 => [(byte)'[', .. utf8, (byte)']'])));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("{")]
    public void What_is_no_object_is_refused_as_the_full_parser_does(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        DataProtectionException expected = Assert.ThrowsAny<DataProtectionException>(() => new KmsAuditEvent(StrictJson.ParseObject(utf8, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes)));
        DataProtectionException error = Assert.ThrowsAny<DataProtectionException>(() => KmsAuditEvent.Read(utf8));
        Assert.Equal((expected.ErrorId, expected.Message), (error.ErrorId, error.Message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_size_limit_is_that_of_the_full_parser(int more)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(Json.Examples.Decrypt.Trim().PadRight(KmsAuditEvent.MaxRecordBytes + more));
        Assert.Equal(more == 0 ? null : "JsonTooLarge", Record.Exception(() => KmsAuditEvent.Read(utf8)) is DataProtectionException error ? error.ErrorId : null);
    }

    [Fact]
    public void Events_can_be_read_and_asked_by_many_threads_at_once()
    {
        byte[][] records = [.. Enumerable.Range(0, 2000).Select(static number => Encoding.UTF8.GetBytes(Json.Examples.Decrypt.Replace("workflow-role-name", $"session-{number % 700}", StringComparison.Ordinal)))];
        string[] expected = [.. records.Select(static utf8 => AuditEventDescription.Of(StrictJson.ParseObject(utf8, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes)))];
        Parallel.For(0, records.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, index => Assert.Equal(expected[index], AuditEventDescription.Of(KmsAuditEvent.Read(records[index]))));
    }

    private static int Place(byte[] utf8, double at) => (int)(at * (utf8.Length - 1));

    private static Func<byte[], byte[]> With(string element) => utf8 => [.. utf8[..Array.LastIndexOf(utf8, (byte)'}')], .. Encoding.UTF8.GetBytes("," + element), (byte)'}'];

    private static string Escape(string text) => string.Concat(text.Select(static value => $"\\u{(int)value:x4}"));

    // Some of the elements, in any order; now and then one of them is odd.
    private static Gen<JToken> Some(params (string Name, Gen<JToken> Value)[] elements)
    {
        Gen<(string Name, JToken Value)[]> all = Gen.Const(Array.Empty<(string Name, JToken Value)>());
        foreach ((string name, Gen<JToken> value) in elements)
        {
            all = Gen.Select(all, value, ((string Name, JToken Value)[] before, JToken next) => ((string Name, JToken Value)[])[.. before, (name, next)]);
        }

        return Gen.Select(all, Gen.Int, Odd, static (made, seed, odd) =>
        {
            var random = new Random(seed);
            if (random.Next(8) == 0)
            {
                made[random.Next(made.Length)].Value = odd;
            }

            random.Shuffle(made);
            return (JToken)new JObject(made.Where(_ => random.Next(3) > 0).Select(static pair => new JProperty(pair.Name, pair.Value)));
        });
    }

    private readonly record struct Outcome(string? Error, string? Description)
    {
        public static Outcome Of(Func<KmsAuditEvent?> read)
        {
            try
            {
                return read() is { } record ? new Outcome(null, AuditEventDescription.Of(record)) : default;
            }
            catch (DataProtectionException error)
            {
                return new Outcome($"{error.GetType().Name} {error.ErrorId} {error.Kind} {error.Message}", null);
            }
        }

        public static T? Try<T>(Func<T> read)
            where T : class
        {
            try
            {
                return read();
            }
            catch (DataProtectionException)
            {
                return null;
            }
        }
    }

    /// <summary>Writes JSON in any of the ways in which it can be written.</summary>
    private sealed class Scribe(int seed, int escapes)
    {
        private readonly Random _random = new(seed);
        private readonly StringBuilder _text = new();

        public byte[] Write(JToken value)
        {
            string start = _random.Next(5) == 0 ? "\uFEFF" : "";
            Space();
            WriteValue(value);
            Space();
            return Encoding.UTF8.GetBytes(start + _text);
        }

        private void WriteValue(JToken value)
        {
            switch (value)
            {
                case JObject pairs:
                    WriteList('{', '}', pairs.Properties(), pair =>
                    {
                        WriteText(pair.Name);
                        Space();
                        _text.Append(':');
                        Space();
                        WriteValue(pair.Value);
                    });
                    break;
                case JArray items:
                    WriteList('[', ']', items, WriteValue);
                    break;
                case JValue { Type: JTokenType.String }:
                    WriteText((string)value!);
                    break;
                default:
                    _text.Append(StrictJson.Write(value, indented: false));
                    break;
            }
        }

        private void WriteList<T>(char start, char end, IEnumerable<T> items, Action<T> write)
        {
            _text.Append(start);
            Space();
            string separator = "";
            foreach (T item in items)
            {
                _text.Append(separator);
                Space();
                write(item);
                Space();
                separator = ",";
            }

            _text.Append(end);
        }

        private void WriteText(string text)
        {
            _text.Append('"');
            foreach (char value in text)
            {
                bool mustEscape = value < ' ' || value is '"' or '\\';
                if (escapes > 0 && _random.Next(40) < escapes * escapes)
                {
                    _text.Append(value == '/' ? "\\/" : "\\u" + ((int)value).ToString(_random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture));
                }
                else if (mustEscape)
                {
                    _text.Append(value switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\t' => "\\t", _ => $"\\u{(int)value:x4}" });
                }
                else
                {
                    _text.Append(value);
                }
            }

            _text.Append('"');
        }

        private void Space()
        {
            if (escapes > 1 && _random.Next(3) == 0)
            {
                _text.Append(_random.Next(4) switch { 0 => " ", 1 => "\n", 2 => "\t", _ => "\r\n  " });
            }
        }
    }
}
