using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.ModuleTests.Faults;

/// <summary>Faults by chance, the same for the same seed.</summary>
/// <param name="seed">The seed.</param>
/// <param name="perMille">How many of a thousand requests get each fault; the rest get none.</param>
internal sealed class FaultPlan(int seed, params (ProxyFault Fault, int PerMille)[] perMille)
{
    /// <summary>The fault of a request.</summary>
    public ProxyFault Choose(string workflow, int attempt)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {workflow} {attempt}"));
        int chance = (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % 1000);
        foreach ((ProxyFault fault, int share) in perMille)
        {
            chance -= share;
            if (chance < 0)
            {
                return fault;
            }
        }

        return ProxyFault.None;
    }
}
