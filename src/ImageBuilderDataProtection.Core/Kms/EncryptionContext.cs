using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// String pairs bound to a ciphertext as additional authenticated data. They are not secret; they stand in clear text in
/// messages and in CloudTrail. Immutable, without duplicate keys, and ordered by the UTF-8 bytes of the keys, as the AWS
/// Encryption SDK specification serialises it (framework/structures.md, "Encryption Context").
/// Keys and values are compared ordinally: case counts.
/// </summary>
public sealed class EncryptionContext : IReadOnlyDictionary<string, string>, IEquatable<EncryptionContext>
{
    /// <summary>The key under which the workflow ARN always stands: <c>aws:imagebuilder:arn</c>.</summary>
    public const string WorkflowArnKey = "aws:imagebuilder:arn";

    /// <summary>The key under which a signed message carries its public key: <c>aws-crypto-public-key</c>.</summary>
    public const string PublicKeyKey = "aws-crypto-public-key";

    /// <summary>Keys with this prefix belong to the Encryption SDK and are refused as input.</summary>
    public const string ReservedPrefix = "aws-crypto-";

    // Strict: an unpaired surrogate would otherwise be replaced silently, and two contexts would become one.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly KeyValuePair<string, string>[] _pairs;
    private readonly Dictionary<string, string> _values;

    private EncryptionContext(Dictionary<string, string> values)
    {
        _values = values;
        _pairs = [.. values];
        Array.Sort(_pairs, static (a, b) => CompareUtf8(a.Key, b.Key));
    }

    /// <summary>The context without pairs.</summary>
    public static EncryptionContext Empty { get; } = new([]);

    /// <inheritdoc />
    public int Count => _pairs.Length;

    /// <inheritdoc />
    public IEnumerable<string> Keys => _pairs.Select(static pair => pair.Key);

    /// <inheritdoc />
    public IEnumerable<string> Values => _pairs.Select(static pair => pair.Value);

    /// <summary>The pairs in order, for loops that must not allocate.</summary>
    internal ReadOnlySpan<KeyValuePair<string, string>> Pairs => _pairs;

    /// <inheritdoc />
    public string this[string key] => _values[key];

    /// <summary>Makes a context of these pairs.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidEncryptionContext</c>: a key stands twice, or text is not valid Unicode.</exception>
    public static EncryptionContext Create(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in pairs)
        {
            RequireUnicode(key);
            RequireUnicode(value);
            if (!values.TryAdd(key, value))
            {
                throw Invalid($"The encryption context has the key \"{key}\" twice.");
            }
        }

        return values.Count == 0 ? Empty : new EncryptionContext(values);
    }

    /// <summary>This context with one more pair.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidEncryptionContext</c>: the key is there already.</exception>
    public EncryptionContext With(string key, string value) =>
        Create(_pairs.Append(KeyValuePair.Create(key, value)));

    /// <summary>This context without the pairs that the Encryption SDK itself adds (<c>aws-crypto-*</c>).</summary>
    public EncryptionContext WithoutReserved() =>
        Create(_pairs.Where(static pair => !pair.Key.StartsWith(ReservedPrefix, StringComparison.Ordinal)));

    /// <inheritdoc />
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(key, out value);

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, string>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(EncryptionContext? other) => other is not null && _pairs.AsSpan().SequenceEqual(other._pairs);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as EncryptionContext);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach ((string key, string value) in _pairs)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>The pairs as <c>key=value, key=value</c>, for a person to read.</summary>
    public override string ToString() => string.Join(", ", _pairs.Select(static pair => $"{pair.Key}={pair.Value}"));

    private static void RequireUnicode(string text)
    {
        try
        {
            _ = Utf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw Invalid("The encryption context has text that is not valid Unicode (an unpaired surrogate).");
        }
    }

    // UTF-8 bytes sort as code points do. UTF-16 sorts the same but for surrogates, which are code units below U+E000 and
    // mean code points above U+FFFF; so they are moved above the rest.
    private static int CompareUtf8(string a, string b)
    {
        int same = a.AsSpan().CommonPrefixLength(b);
        return same == a.Length || same == b.Length
            ? a.Length - b.Length
            : SurrogatesLast(a[same]) - SurrogatesLast(b[same]);
    }

    private static int SurrogatesLast(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;

    private static DataProtectionException Invalid(string message) =>
        new("InvalidEncryptionContext", FailureKind.InvalidArgument, message);
}
