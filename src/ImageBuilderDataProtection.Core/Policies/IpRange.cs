using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// A range of IPv4 or IPv6 addresses in CIDR notation; without a prefix length it is the one address ("IP address condition
/// operators" in the IAM User Guide).
/// </summary>
/// <param name="Address">The first address, as a number.</param>
/// <param name="Prefix">How many leading bits all addresses of the range share.</param>
/// <param name="Bits">How many bits an address has: 32 or 128.</param>
internal readonly record struct IpRange(UInt128 Address, int Prefix, int Bits)
{
    /// <summary>Reads a range.</summary>
    public static bool TryParse(string text, out IpRange range)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out range))
        {
            return false;
        }

        if (slash < 0)
        {
            return true;
        }

        // An IPv4 address in IPv6 clothes has become an IPv4 address, and its prefix length would mean something else.
        bool isMapped = range.Bits == 32 && text.Contains(':', StringComparison.Ordinal);
        bool isPrefix = int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix) && prefix <= range.Bits && !isMapped;
        range = range with { Prefix = prefix };
        return isPrefix;
    }

    /// <summary>Reads one address, in its usual spelling only: no octal, no short forms, no zone.</summary>
    public static bool TryParseAddress(string text, out IpRange address)
    {
        address = default;
        bool isV6 = text.Contains(':', StringComparison.Ordinal);
        if (!text.All(static character => char.IsAsciiHexDigit(character) || character is ':' or '.') || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        if (!isV6 && parsed.ToString() != text)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (parsed.IsIPv4MappedToIPv6)
        {
            parsed = parsed.MapToIPv4();
        }

        parsed.TryWriteBytes(bytes, out _);
        address = parsed.AddressFamily == AddressFamily.InterNetwork
            ? new IpRange(BinaryPrimitives.ReadUInt32BigEndian(bytes), 32, 32)
            : new IpRange(BinaryPrimitives.ReadUInt128BigEndian(bytes), 128, 128);
        return true;
    }

    /// <summary>Whether an address is in the range.</summary>
    public bool Contains(IpRange address) => Bits == address.Bits && (Prefix == 0 || (Address ^ address.Address) >> (Bits - Prefix) == UInt128.Zero);
}
