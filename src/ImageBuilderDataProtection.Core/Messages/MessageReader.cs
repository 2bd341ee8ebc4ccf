using System.Buffers.Binary;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// Reads the big-endian fields of a message from front to back. Every length is checked against the bytes that are there
/// before anything is made of it.
/// </summary>
internal ref struct MessageReader(ReadOnlySpan<byte> message, int position)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; } = position;

    public readonly int Remaining => _message.Length - Position;

    public byte ReadByte(string field) => Take(1, field)[0];

    public ushort ReadUInt16(string field) => BinaryPrimitives.ReadUInt16BigEndian(Take(2, field));

    public uint ReadUInt32(string field) => BinaryPrimitives.ReadUInt32BigEndian(Take(4, field));

    public ulong ReadUInt64(string field) => BinaryPrimitives.ReadUInt64BigEndian(Take(8, field));

    public ReadOnlySpan<byte> Take(int length, string field)
    {
        if (length > Remaining)
        {
            throw Truncated((ulong)length, field);
        }

        ReadOnlySpan<byte> bytes = _message.Slice(Position, length);
        Position += length;
        return bytes;
    }

    /// <summary>Takes as many bytes as a field of the message says, however many that are.</summary>
    public ReadOnlySpan<byte> TakeLong(ulong length, string field) =>
        length > (ulong)Remaining ? throw Truncated(length, field) : Take((int)length, field);

    private readonly MessageMalformedException Truncated(ulong length, string field) =>
        new(Position, $"{field} takes {length:N0} bytes but only {Remaining:N0} are left");
}
