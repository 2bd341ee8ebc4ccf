using Org.BouncyCastle.Math;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// <c>ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }</c> in DER (framework/transitive-requirements.md, "ECDSA").
/// Only what DER allows is read, so that a signature has one form.
/// </summary>
internal static class DerSignature
{
    private const byte SequenceTag = 0x30;
    private const byte IntegerTag = 0x02;
    private const int LongestShortForm = 127;

    /// <summary>The bytes of a signature.</summary>
    public static int GetLength(BigInteger r, BigInteger s) => 6 + IntegerLength(r) + IntegerLength(s);

    public static void Write(BigInteger r, BigInteger s, Span<byte> destination)
    {
        destination[0] = SequenceTag;
        destination[1] = (byte)(destination.Length - 2);
        int written = 2 + WriteInteger(r, destination[2..]);
        WriteInteger(s, destination[written..]);
    }

    public static bool TryRead(ReadOnlySpan<byte> signature, out BigInteger r, out BigInteger s)
    {
        r = s = BigInteger.Zero;
        return signature.Length >= 2
            && signature[0] == SequenceTag
            && signature[1] <= LongestShortForm
            && signature[1] == signature.Length - 2
            && TryReadInteger(signature[2..], out r, out ReadOnlySpan<byte> rest)
            && TryReadInteger(rest, out s, out rest)
            && rest.IsEmpty;
    }

    private static int IntegerLength(BigInteger value) => (value.BitLength / 8) + 1;

    private static int WriteInteger(BigInteger value, Span<byte> destination)
    {
        // Two's complement with as few bytes as can be: just what DER asks for.
        byte[] bytes = value.ToByteArray();
        destination[0] = IntegerTag;
        destination[1] = (byte)bytes.Length;
        bytes.CopyTo(destination[2..]);
        return 2 + bytes.Length;
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> bytes, out BigInteger value, out ReadOnlySpan<byte> rest)
    {
        value = BigInteger.Zero;
        rest = default;
        if (bytes.Length < 2 || bytes[0] != IntegerTag || bytes[1] is 0 or > LongestShortForm || bytes[1] > bytes.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> content = bytes.Slice(2, bytes[1]);
        bool isNegative = content[0] >= 0x80;
        bool isPadded = content.Length > 1 && content[0] == 0 && content[1] < 0x80;
        if (isNegative || isPadded)
        {
            return false;
        }

        value = new BigInteger(1, content);
        rest = bytes[(2 + content.Length)..];
        return true;
    }
}
