using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// Refuses a request that was taken before, for as long as its date is good.
/// <para>
/// A signature covers the date to the second, so two honest requests that are alike in all else, sent within one second,
/// have the same signature: a loop that describes one key, or two programs that decrypt the same file. The AWS SDKs tell
/// requests apart with <c>amz-sdk-invocation-id</c>, new for each call and kept over its retries, and <c>amz-sdk-request</c>,
/// which counts the attempts. Where the client signs them, they are part of the signature. Some SDKs do not sign them; then
/// anyone could change them, so they count only while the request is fresh, for <see cref="Freshness"/> around its date.
/// </para>
/// <para>So these are replays:</para>
/// <list type="bullet">
/// <item>the same signature with the same invocation and attempt;</item>
/// <item>the same signature at all, when it was first taken without an invocation id or with one that is signed;</item>
/// <item>the same signature without an unsigned invocation id, however it was first taken;</item>
/// <item>the same signature with another invocation id that is not signed, once the request is no longer fresh.</item>
/// </list>
/// So who can read a request that carries an unsigned invocation id can have it taken again, under ids of his own, for
/// <see cref="Freshness"/>; a request with no id or a signed one is taken once.
/// <para>
/// Of two equal requests that a client without invocation ids sends in one second, the second is refused as a replay would
/// be, with an error at which AWS clients try again. Not safe for several threads at once: the caller holds a lock.
/// </para>
/// </summary>
internal sealed class ReplayGuard
{
    /// <summary>How far from its date a request may be told from an equal one by what is not signed.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(15);

    /// <summary>How many requests are remembered; beyond it requests are refused until the oldest are past their date.</summary>
    public const int MaxRemembered = 500_000;

    // No header's value has a line break, and an invocation has one only.
    private const string Closed = "\n\n";

    private readonly HashSet<UInt128> _seen = [];
    private readonly PriorityQueue<UInt128, DateTime> _byEnd = new();

    /// <summary>Takes a request whose signature was verified, or answers false when it was taken before.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="unsignedInvocation">The invocation id and the attempt, when the client sends them unsigned; otherwise null.</param>
    /// <param name="date">The request's date.</param>
    /// <param name="end">When the request's date is no longer good.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="EndpointFault">Too many requests are remembered.</exception>
    public bool TryTake(ReadOnlySpan<byte> signature, string? unsignedInvocation, DateTime date, DateTime end, DateTime now)
    {
        while (_byEnd.TryPeek(out UInt128 oldest, out DateTime good) && good < now)
        {
            _byEnd.Dequeue();
            _seen.Remove(oldest);
        }

        if (_seen.Count >= MaxRemembered)
        {
            throw EndpointFault.Throttled($"The endpoint remembers {MaxRemembered} requests of the last minutes, which is the limit; try again later.");
        }

        UInt128 bare = IdentityOf(signature, "");
        UInt128 exact = unsignedInvocation is null ? bare : IdentityOf(signature, unsignedInvocation);
        bool mayTellApart = unsignedInvocation is not null && (now - date).Duration() <= Freshness;
        UInt128 closed = IdentityOf(signature, Closed);
        if (_seen.Contains(exact) || _seen.Contains(closed) || (!mayTellApart && _seen.Contains(bare)))
        {
            return false;
        }

        Remember(exact, end);
        Remember(bare, end);
        if (unsignedInvocation is null)
        {
            Remember(closed, end);
        }

        return true;
    }

    private void Remember(UInt128 identity, DateTime end)
    {
        if (_seen.Add(identity))
        {
            _byEnd.Enqueue(identity, end);
        }
    }

    private static UInt128 IdentityOf(ReadOnlySpan<byte> signature, string invocation)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. signature, .. Encoding.UTF8.GetBytes(invocation)], hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
