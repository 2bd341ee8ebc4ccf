namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What one more byte does to a value that is followed (<see cref="JsonFollower"/>).</summary>
internal enum JsonStep
{
    /// <summary>The value goes on.</summary>
    More,

    /// <summary>The value goes on with an array that begins.</summary>
    Array,

    /// <summary>The value is whole.</summary>
    End,

    /// <summary>A string has what must be escaped in one: it was cut off or written wrongly.</summary>
    BrokenString,

    /// <summary>No JSON has this byte here.</summary>
    Unexpected,
}
