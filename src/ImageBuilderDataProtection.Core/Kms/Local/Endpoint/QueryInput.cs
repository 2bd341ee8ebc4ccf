using System.Globalization;
using System.Text;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// The input of one operation in the Query protocol: the pairs of a form. What is left when all that is supported was taken
/// is refused, as in <see cref="OperationInput"/>.
/// </summary>
internal sealed class QueryInput
{
    // Strict: what is replaced silently is another value than the one that was sent.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private QueryInput()
    {
    }

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="EndpointFault">It is not a form, or a name stands in it twice.</exception>
    public static QueryInput Parse(EndpointRequest request)
    {
        var input = new QueryInput();
        foreach (string pair in Decode(request.Body.Span).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            string name = Unescape(parts[0]);
            if (!input._values.TryAdd(name, parts.Length == 2 ? Unescape(parts[1]) : ""))
            {
                throw EndpointFault.Malformed($"The parameter {name} stands twice.");
            }
        }

        return input;
    }

    /// <summary>A text that must be there.</summary>
    public string Text(string name) => OptionalText(name)
        ?? throw EndpointFault.Validation($"1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null");

    /// <summary>A text; null when it is not there.</summary>
    public string? OptionalText(string name)
    {
        _values.Remove(name, out string? value);
        return value;
    }

    /// <summary>A whole number; null when it is not there.</summary>
    public int? OptionalInteger(string name) => OptionalText(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number
        : throw EndpointFault.Validation($"{name} must be a whole number.");

    /// <summary>Refuses what was not taken.</summary>
    /// <exception cref="EndpointFault">There is something left.</exception>
    public void RequireNoMore(string operation)
    {
        if (_values.Count > 0)
        {
            throw EndpointFault.Unsupported($"The parameter {_values.Keys.First()} of {operation} is not supported by the local STS.");
        }
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static string Decode(ReadOnlySpan<byte> body)
    {
        try
        {
            return StrictUtf8.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            throw EndpointFault.Malformed("The request is not UTF-8.");
        }
    }
}
