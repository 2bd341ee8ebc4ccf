namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>The different names of events, each held once and known by a number.</summary>
/// <param name="maxCharacters">The most characters of all names together.</param>
internal sealed class UsageNames(int maxCharacters)
{
    /// <summary>The number of no name.</summary>
    public const int None = 0;

    /// <summary>The number of a workflow that CloudTrail withholds.</summary>
    public const int Hidden = 1;

    /// <summary>The number of names for which there is no room.</summary>
    public const int Unknown = -1;

    // A short name costs memory, too: the string, and its entries in the list and the dictionary.
    private const int LeastCharacters = 64;

    private readonly List<string> _names = [KmsUsage.None, KmsUsage.Hidden];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private int _charactersLeft = maxCharacters;

    /// <summary>The name with a number.</summary>
    public string this[int number] => _names[number];

    /// <summary>Whether a number stands for a name.</summary>
    public static bool IsName(int number) => number > Hidden;

    /// <summary>The number of a name.</summary>
    public int NumberOf(string? name)
    {
        if (name is null)
        {
            return None;
        }

        if (_numbers.TryGetValue(name, out int number))
        {
            return number;
        }

        int characters = Math.Max(LeastCharacters, name.Length);
        if (characters > _charactersLeft)
        {
            return Unknown;
        }

        _charactersLeft -= characters;
        number = _names.Count;
        _names.Add(name);
        _numbers.Add(name, number);
        return number;
    }
}
