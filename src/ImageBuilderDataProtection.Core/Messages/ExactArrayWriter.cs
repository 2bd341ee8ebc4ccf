using System.Buffers;

namespace ImageBuilderDataProtection.Messages;

/// <summary>A buffer writer for a result that is written at once and whose length is known: one array of just that length.</summary>
internal sealed class ExactArrayWriter : IBufferWriter<byte>
{
    /// <summary>What was written.</summary>
    public byte[] Array { get; private set; } = [];

    public void Advance(int count)
    {
        if (count != Array.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "All of the array must be written.");
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => Array = GC.AllocateUninitializedArray<byte>(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
