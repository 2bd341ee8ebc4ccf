namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What <see cref="RecordOutline"/> found of a record.</summary>
internal enum OutlineFinding
{
    /// <summary>The text ends before the record does.</summary>
    Unfinished,

    /// <summary>The record, from its first bracket to its last.</summary>
    Whole,

    /// <summary>A whole record that cannot be wanted.</summary>
    Passed,

    /// <summary>It cannot be legal JSON, or nests too deep.</summary>
    Damaged,
}
