namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What stands in a record's bytes.</summary>
[Flags]
internal enum RecordTraits
{
    /// <summary>Nothing of these.</summary>
    None = 0,

    /// <summary>The name of KMS as a source of events.</summary>
    NamesKms = 1,

    /// <summary>Characters written by their numbers, which may spell anything: <c>\u006b</c>.</summary>
    EscapedCharacters = 2,

    /// <summary>Line breaks, tabs, or characters beyond ASCII.</summary>
    OddCharacters = 4,

    /// <summary>The beginning of another record, which no sound record holds.</summary>
    HoldsRecord = 8,
}
