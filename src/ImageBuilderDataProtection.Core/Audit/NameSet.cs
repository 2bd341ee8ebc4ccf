using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Names of files, millions of them: it takes 16 bytes a name, a part of its hash.</summary>
internal sealed class NameSet
{
    private readonly HashSet<UInt128> _hashes = [];

    /// <summary>What tells a name from every other.</summary>
    public static UInt128 HashOf(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Adds a name. Whether it is new.</summary>
    public bool Add(string name) => _hashes.Add(HashOf(name));

    /// <summary>Whether a name was added.</summary>
    public bool Contains(string name) => _hashes.Contains(HashOf(name));
}
