namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What stands in a record's bytes.</summary>
[Flags]
internal enum RecordTraits
{
    /// <summary>Nothing of these.</summary>
    None = 0,

    /// <summary>The name of KMS as a source of events.</summary>
    NamesKms = 1,

    /// <summary>Characters written as escapes, which may spell anything: <c>\u006b</c>, <c>\/</c>.</summary>
    EscapedCharacters = 2,

    /// <summary>Line breaks or tabs.</summary>
    ControlCharacters = 4,
}
