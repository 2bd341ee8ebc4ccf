using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

/// <summary>
/// Writes JSON in any of the legal ways to write it: names in any order, white space wherever it may stand, characters as they are
/// or by their numbers, in upper or lower case. What a record says is drawn from few texts, so that filters hit and miss.
/// </summary>
internal sealed class WrittenRecord
{
    private static readonly string[] Sources = ["kms.amazonaws.com", "kms.amazonaws.com", "s3.amazonaws.com", "KMS.amazonaws.com", "xkms.amazonaws.com"];
    private static readonly string[] Operations = ["Decrypt", "GenerateDataKey", "ReEncrypt", "kms.amazonaws.com"];
    private static readonly string[] Regions = ["us-west-2", "eu-central-1"];
    private static readonly string[] Roles = ["Build", "Test", "Sörvis\"\\/", "a\u0131\u017f\u212a"];
    private static readonly string[] Services = ["imagebuilder.amazonaws.com", "lambda.amazonaws.com"];
    private static readonly string[] ContextNames = ["aws:imagebuilder:arn", "AWS:ImageBuilder:ARN", "eventVersion", "purpose", "aws:imagebuilder:arn "];
    private static readonly string[] Errors = ["AccessDenied", "AccessDeniedException", "NotFoundException"];

    private static readonly string[] Tricky =
    [
        "plain", "", "}", "{", "]", "[", "\"", "\\", "\\\\\"", "},{\"eventVersion\":\"1.08\"", "\n{\"eventVersion\"", "\u0001\t", "日本語", "😀", "\\u006b", "/", "km",
        "kms.amazonaws.com", "aws:imagebuilder:arn", "HIDDEN_DUE_TO_SECURITY_REASONS", "tV", "eventVersion",
    ];

    private static readonly string[] Names = ["eventVersion", "km", "a\"b", ""];

    private readonly Random _random;
    private readonly int _whiteSpace;
    private readonly double _escapes;
    private readonly bool _shuffles;

    /// <param name="random">Draws all that is left open.</param>
    public WrittenRecord(Random random)
    {
        _random = random;
        _whiteSpace = random.Next(3);
        _escapes = random.Next(4) == 0 ? 0.1 : 0;
        _shuffles = random.Next(3) == 0;
    }

    /// <summary>A workflow's ARN.</summary>
    public static string Workflow(int number) => $"arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/w{number}/1.0.0/*";

    /// <summary>One of the texts that records are made of, for filters.</summary>
    public static string Pick(Random random, string what) => what switch
    {
        "operation" => Operations[random.Next(Operations.Length)],
        "region" => Regions[random.Next(Regions.Length)],
        "role" => Roles[random.Next(Roles.Length)],
        "service" => Services[random.Next(Services.Length)],
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    /// <summary>A record.</summary>
    /// <param name="number">Its number, by which it is told.</param>
    public string Write(int number)
    {
        var context = new JObject();
        for (int i = _random.Next(3); i > 0; i--)
        {
            context[ContextNames[_random.Next(ContextNames.Length)]] = _random.Next(4) == 0 ? One(Tricky) : Workflow(_random.Next(3));
        }

        JToken request = _random.Next(6) switch
        {
            0 => JValue.CreateNull(),
            1 => "HIDDEN_DUE_TO_SECURITY_REASONS",
            2 => new JObject { ["sourceEncryptionContext"] = context, ["destinationEncryptionContext"] = new JObject { ["purpose"] = One(Tricky) } },
            _ => new JObject { ["encryptionContext"] = context, ["note"] = Junk(2) },
        };
        string role = One(Roles);
        var record = new JObject
        {
            ["eventVersion"] = "1.08",
            ["userIdentity"] = new JObject
            {
                ["type"] = "AssumedRole",
                ["arn"] = $"arn:aws:sts::111122223333:assumed-role/{role}/session",
                ["sessionContext"] = new JObject { ["sessionIssuer"] = new JObject { ["type"] = "Role", ["arn"] = $"arn:aws:iam::111122223333:role/{role}" } },
                ["invokedBy"] = _random.Next(2) == 0 ? One(Services) : null,
            },
            ["eventTime"] = $"2026-01-0{_random.Next(1, 4)}T0{_random.Next(3)}:00:00Z",
            ["eventSource"] = One(Sources),
            ["eventName"] = One(Operations),
            ["awsRegion"] = One(Regions),
            ["userAgent"] = One(Tricky),
            ["requestParameters"] = request,
            ["requestID"] = $"r{number % 3}",
            ["eventID"] = $"e{number}",
            ["responseElements"] = Junk(3),
            ["resources"] = new JArray(new JObject { ["ARN"] = $"arn:aws:kms:us-west-2:111122223333:key/{_random.Next(2)}234abcd-12ab-34cd-56ef-1234567890ab", ["type"] = "AWS::KMS::Key" }),
        };
        if (_random.Next(3) == 0)
        {
            record["errorCode"] = One(Errors);
        }

        var text = new StringBuilder();
        Write(record, text, depth: 0);
        return text.ToString();
    }

    /// <summary>White space, where some may stand.</summary>
    public string Space() => _whiteSpace == 0 ? "" : _whiteSpace == 1 ? (_random.Next(2) == 0 ? " " : "") : new string[] { "\n  ", " ", "\r\n\t", "" }[_random.Next(4)];

    private string One(string[] texts) => texts[_random.Next(texts.Length)];

    // Anything, but no list whose objects begin as records do.
    private JToken Junk(int depth) => _random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => One(Tricky),
        1 => _random.Next(),
        2 => JValue.CreateNull(),
        3 => _random.Next(2) == 0,
        4 => -1.5e-7,
        5 => new JArray(Enumerable.Range(0, _random.Next(3)).Select(_ => Junk(0))),
        _ => new JObject(Names.Take(_random.Next(5)).Select(name => new JProperty(name, Junk(depth - 1)))),
    };

    private void Write(JToken value, StringBuilder text, int depth)
    {
        switch (value)
        {
            case JObject pairs:
                JProperty[] properties = [.. pairs.Properties()];
                if (_shuffles)
                {
                    _random.Shuffle(properties);
                }

                WriteList('{', '}', properties, property =>
                {
                    Write(property.Name, text);
                    text.Append(Space()).Append(':').Append(Space());
                    Write(property.Value, text, depth + 1);
                });
                break;
            case JArray items:
                WriteList('[', ']', [.. items], item => Write(item, text, depth + 1));
                break;
            case JValue { Value: string plain }:
                Write(plain, text);
                break;
            default:
                text.Append(value.ToString(Newtonsoft.Json.Formatting.None));
                break;
        }

        void WriteList<T>(char open, char close, T[] items, Action<T> write)
        {
            text.Append(open);
            for (int i = 0; i < items.Length; i++)
            {
                text.Append(i > 0 ? "," : "").Append(Space());
                write(items[i]);
                text.Append(Space());
            }

            text.Append(close);
        }
    }

    private void Write(string plain, StringBuilder text)
    {
        text.Append('"');
        foreach (char character in plain)
        {
            // Both halves of a pair in the same way: one alone is no legal text.
            if (char.IsSurrogate(character) ? _escapes > 0 : _random.NextDouble() < _escapes || character < ' ')
            {
                string digits = ((int)character).ToString(_random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture);
                text.Append("\\u").Append(digits);
            }
            else
            {
                text.Append(character is '"' or '\\' || (character == '/' && _escapes > 0 && _random.Next(2) == 0) ? "\\" : "").Append(character);
            }
        }

        text.Append('"');
    }
}
