using System.Text;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// The value of a name in a record, one of many, looked for in bytes: <c>"eventID":"…"</c>. It takes one search however many there
/// are. Of a record inside a string, each quote has a backslash before it.
/// </summary>
/// <param name="name">The name.</param>
/// <param name="values">The values: ASCII that stands in JSON as it is, in upper or lower case.</param>
internal sealed class NamedValue(string name, IEnumerable<string> values)
{
    private readonly byte[] _name = Encoding.ASCII.GetBytes(name);
    private readonly HashSet<string> _values = values.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What may stand between a name and its value, with the quotes and in whatever it stands in.</summary>
    public static ReadOnlySpan<byte> BeforeValue => "\\\": \t\r\n"u8;

    /// <summary>The characters that it is found by.</summary>
    public IEnumerable<char> Characters => _values.SelectMany(static value => value.ToLowerInvariant() + value.ToUpperInvariant()).Concat(name).Distinct();

    /// <summary>Whether a value would be found: one that begins as what stands before values would not.</summary>
    public static bool CanFind(string value) => value.Length > 0 && value[0] is not (' ' or ':');

    /// <summary>Whether it stands in the text. A longer name that ends alike does no harm: then the text is only read for nothing.</summary>
    public bool IsIn(ReadOnlySpan<byte> text)
    {
        for (int at = text.IndexOf(_name); at >= 0; at = text.IndexOf(_name))
        {
            text = text[(at + _name.Length)..];
            if (IsAmong(text.TrimStart(BeforeValue)))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsAmong(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAny((byte)'"', (byte)'\\');
        return length >= 0 && _values.Contains(Encoding.Latin1.GetString(text[..length]));
    }
}
