namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>The texts by which records are told in bytes.</summary>
internal static class RecordNeedles
{
    /// <summary>What stands in every record of KMS, unless escapes spell it.</summary>
    public static ReadOnlySpan<byte> KmsSource => "kms.amazonaws.com"u8;

    /// <summary>With what CloudTrail begins a record. It cannot stand inside a JSON string.</summary>
    public static ReadOnlySpan<byte> RecordStart => "{\"eventVersion\""u8;

    /// <summary>Whether a text that is not empty begins a record as CloudTrail does; white space may follow the bracket.</summary>
    public static bool StartsRecord(ReadOnlySpan<byte> text) =>
        text[0] == '{' && text[1..].TrimStart(" \t\r\n"u8).StartsWith(RecordStart[1..]);
}
