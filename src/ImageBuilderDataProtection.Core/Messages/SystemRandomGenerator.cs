using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Security;

namespace ImageBuilderDataProtection.Messages;

/// <summary>The operating system's random numbers for BouncyCastle, in place of its own generator, which would need seeding and a lock.</summary>
internal sealed class SystemRandomGenerator : IRandomGenerator
{
    public static SecureRandom Shared { get; } = new(new SystemRandomGenerator());

    public void AddSeedMaterial(byte[] seed)
    {
        // The operating system's generator takes no seed and needs none.
    }

    public void AddSeedMaterial(ReadOnlySpan<byte> seed)
    {
    }

    public void AddSeedMaterial(long seed)
    {
    }

    public void NextBytes(byte[] bytes) => RandomNumberGenerator.Fill(bytes);

    public void NextBytes(byte[] bytes, int start, int len) => RandomNumberGenerator.Fill(bytes.AsSpan(start, len));

    public void NextBytes(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
