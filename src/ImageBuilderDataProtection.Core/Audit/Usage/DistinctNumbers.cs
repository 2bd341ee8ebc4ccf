namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>A set of the numbers of names that holds no memory of its own for the first: most groups have one principal and one key.</summary>
internal struct DistinctNumbers
{
    private int _first;
    private HashSet<int>? _others;

    /// <summary>How many there are.</summary>
    public readonly int Count => (UsageNames.IsName(_first) ? 1 : 0) + (_others?.Count ?? 0);

    /// <summary>Takes a number up.</summary>
    /// <param name="number">The number.</param>
    /// <param name="left">For how many more than the first ones there is room.</param>
    /// <returns>Whether it is in the set, or stands for no name; false where there is no room for it.</returns>
    public bool Add(int number, ref int left)
    {
        if (!UsageNames.IsName(number))
        {
            return number != UsageNames.Unknown;
        }

        if (!UsageNames.IsName(_first))
        {
            _first = number;
        }

        if (number == _first || (_others?.Contains(number) ?? false))
        {
            return true;
        }

        if (left <= 0)
        {
            return false;
        }

        left--;
        (_others ??= []).Add(number);
        return true;
    }
}
