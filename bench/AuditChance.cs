namespace ImageBuilderDataProtection.Bench;

/// <summary>The chance of a corpus: the same seeds, the same corpus.</summary>
internal sealed class AuditChance(int seed)
{
    private readonly Random _random = new(seed);

    public int Below(int bound) => _random.Next(bound);

    public bool OneIn(int count) => _random.Next(count) == 0;

    public T Of<T>(params T[] items) => items[_random.Next(items.Length)];

    public void Shuffle<T>(T[] items) => _random.Shuffle(items);

    public string Hex(int length) => _random.GetString("0123456789abcdef", length);

    public string Letters(int length) => _random.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length);

    public string Base64(int bytes)
    {
        byte[] content = new byte[bytes];
        _random.NextBytes(content);
        return Convert.ToBase64String(content);
    }

    public string Guid()
    {
        Span<byte> content = stackalloc byte[16];
        _random.NextBytes(content);
        return new Guid(content).ToString();
    }
}
