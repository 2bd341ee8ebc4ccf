using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// The input of one operation in JSON 1.1. Members are taken out one by one; what is left when all that is supported was
/// taken is refused, so that nothing asked for is passed over.
/// </summary>
internal sealed class OperationInput
{
    private readonly JObject _members;
    private readonly string _operation;

    private OperationInput(JObject members, string operation)
    {
        _members = members;
        _operation = operation;
    }

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="EndpointFault">It is not one JSON object.</exception>
    public static OperationInput Parse(EndpointRequest request)
    {
        try
        {
            return new OperationInput(StrictJson.ParseObject(request.Body.Span, "The request", HttpServer.MaxBodyBytes), request.Operation);
        }
        catch (JsonSyntaxException error)
        {
            throw EndpointFault.Malformed(error.Message);
        }
    }

    /// <summary>A text that must be there.</summary>
    public string Text(string name) => OptionalText(name) ?? throw Missing(name);

    /// <summary>A text; null when it is not there.</summary>
    public string? OptionalText(string name) => Take(name) switch
    {
        null => null,
        JValue { Value: string text } => text,
        _ => throw WrongType(name, "a string"),
    };

    /// <summary>A whole number; null when it is not there.</summary>
    public int? OptionalInteger(string name) => Take(name) switch
    {
        null => null,
        JValue { Value: long number } when number is >= int.MinValue and <= int.MaxValue => (int)number,
        _ => throw WrongType(name, "a whole number"),
    };

    /// <summary>A whole number in a range; null when it is not there.</summary>
    public int? OptionalInteger(string name, int min, int max) => OptionalInteger(name) is not { } number ? null
        : number >= min && number <= max ? number
        : throw EndpointFault.Validation($"Value '{number}' at '{name}' failed to satisfy constraint: it must be {min} to {max}.");

    /// <summary>A truth; false when it is not there.</summary>
    public bool Flag(string name) => Take(name) switch
    {
        null => false,
        JValue { Value: bool flag } => flag,
        _ => throw WrongType(name, "a boolean"),
    };

    /// <summary>A time in seconds since 1970, as JSON 1.1 writes it; null when it is not there.</summary>
    public DateTime? OptionalTime(string name)
    {
        JToken? value = Take(name);
        return value switch
        {
            null => null,
            JValue { Value: long seconds } when seconds is >= 0 and <= 253_402_300_799 => DateTime.UnixEpoch.AddSeconds(seconds),
            JRaw raw when double.TryParse(raw.ToString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double seconds)
                && seconds is >= 0 and <= 253_402_300_799 => DateTime.UnixEpoch.AddSeconds(seconds),
            _ => throw WrongType(name, "a time in seconds since 1970"),
        };
    }

    /// <summary>Bytes in base64 that must be there.</summary>
    public byte[] Blob(string name)
    {
        try
        {
            return Convert.FromBase64String(Text(name));
        }
        catch (FormatException)
        {
            throw WrongType(name, "base64");
        }
    }

    /// <summary>An encryption context; empty when it is not there.</summary>
    public EncryptionContext Context(string name) => Take(name) switch
    {
        null => EncryptionContext.Empty,
        JObject pairs => EncryptionContext.Create(pairs.Properties().Select(pair => KeyValuePair.Create(pair.Name, TextOf(pair.Value, name)))),
        _ => throw WrongType(name, "an object"),
    };

    /// <summary>A key that must be named.</summary>
    public KeyIdentifier Key(string name = "KeyId") => OptionalKey(name) ?? throw Missing(name);

    /// <summary>A key; null when none is named.</summary>
    public KeyIdentifier? OptionalKey(string name)
    {
        string? text = OptionalText(name);
        try
        {
            return text is null ? null : KeyIdentifier.Parse(text);
        }
        catch (DataProtectionException)
        {
            throw text!.StartsWith("arn:", StringComparison.Ordinal)
                ? EndpointFault.Of("InvalidArnException", $"Invalid arn {text}")
                : EndpointFault.Of("NotFoundException", $"Invalid keyId '{text}'");
        }
    }

    /// <summary>Texts that must be there.</summary>
    public IReadOnlyList<string> Texts(string name) => Take(name) switch
    {
        null => throw Missing(name),
        JArray items => [.. items.Select(item => TextOf(item, name))],
        _ => throw WrongType(name, "an array"),
    };

    /// <summary>Objects of two texts each; empty when they are not there.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string name, string keyName, string valueName) => Take(name) switch
    {
        null => [],
        JArray items => [.. items.Select(item => item is JObject { Count: 2 } pair
            ? KeyValuePair.Create(TextOf(pair[keyName], name), TextOf(pair[valueName], name))
            : throw WrongType(name, $"an array of objects with {keyName} and {valueName}"))],
        _ => throw WrongType(name, "an array"),
    };

    /// <summary>Requires a text to be the one value that is supported, when it is there.</summary>
    public void RequireIfGiven(string name, string only)
    {
        if (OptionalText(name) is { } text && text != only)
        {
            throw EndpointFault.Unsupported($"{name} \"{text}\" of {_operation} is not supported by the local KMS; it has {only} only.");
        }
    }

    /// <summary>Refuses what was not taken. What says no more than its absence would is let pass: null, false, and an empty list or object.</summary>
    /// <exception cref="EndpointFault">There is something left.</exception>
    public void RequireNoMore()
    {
        JProperty? left = _members.Properties().FirstOrDefault(static member =>
            member.Value is not (JValue { Value: null or false } or JArray { Count: 0 } or JObject { Count: 0 }));
        if (left is not null)
        {
            throw EndpointFault.Unsupported($"The parameter {left.Name} of {_operation} is not supported by the local KMS.");
        }
    }

    private static EndpointFault Missing(string name) =>
        EndpointFault.Validation($"1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null");

    private static EndpointFault WrongType(string name, string needed) => EndpointFault.Malformed($"{name} must be {needed}.");

    private static string TextOf(JToken? value, string name) => value is JValue { Value: string text } ? text : throw WrongType(name, "made of strings");

    private JToken? Take(string name)
    {
        JToken? value = _members[name];
        _members.Remove(name);
        return value is JValue { Value: null } ? null : value;
    }
}
