namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>The texts by which records are told in bytes.</summary>
internal static class RecordNeedles
{
    private const int LettersAfterQuote = 5;

    /// <summary>What stands in every record of KMS, unless escapes spell it.</summary>
    public static ReadOnlySpan<byte> KmsSource => "kms.amazonaws.com"u8;

    /// <summary>With what CloudTrail begins a record. It cannot stand inside a JSON string.</summary>
    public static ReadOnlySpan<byte> RecordStart => "{\"eventVersion\""u8;

    /// <summary>Whether a text that is not empty begins a record as CloudTrail does; white space may follow the bracket.</summary>
    public static bool StartsRecord(ReadOnlySpan<byte> text) =>
        text[0] == '{' && text[1..].TrimStart(" \t\r\n"u8).StartsWith(RecordStart[1..]);

    /// <summary>
    /// Whether what begins a record does so at a bracket's place. As the value of a name it begins an object of the record that the
    /// name is in: an encryption context may have a key <c>eventVersion</c>. Outside a list, a name at the end of a line has lost its
    /// value when the next line begins as a record does.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="bracket">The place.</param>
    /// <param name="isInList">Whether the records stand in a list.</param>
    public static bool StartsRecordAt(ReadOnlySpan<byte> text, int bracket, bool isInList)
    {
        ReadOnlySpan<byte> before = text[..bracket];
        return StartsRecord(text[bracket..])
            && (!before.TrimEnd(" \t\r\n"u8).EndsWith(":"u8) || (!isInList && before.EndsWith("\n"u8)));
    }

    /// <summary>
    /// The place of the bracket that begins a record of a list, when these two letters do stand in what begins one; else negative.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="letters">The place of the letters <c>tV</c>.</param>
    public static int BracketBefore(ReadOnlySpan<byte> text, int letters)
    {
        int bracket = text[..Math.Max(0, letters - LettersAfterQuote)].TrimEnd(" \t\r\n"u8).Length - 1;
        return bracket >= 0 && text[bracket] == '{' && StartsRecordAt(text, bracket, isInList: true) ? bracket : -1;
    }
}
