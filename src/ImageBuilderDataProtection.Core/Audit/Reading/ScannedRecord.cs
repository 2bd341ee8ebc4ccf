namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What <see cref="RecordScanner"/> found: the bytes of one record, or what is wrong.</summary>
/// <param name="Number">The record in the file, counted from 1.</param>
/// <param name="Line">The line on which it begins, counted from 1.</param>
/// <param name="Bytes">The record; it is valid until the next one is asked for.</param>
/// <param name="ErrorId">The error's id; null for a record.</param>
/// <param name="Problem">What is wrong, to stand after "Record 3 (line 7) of FILE"; null for a record.</param>
internal readonly record struct ScannedRecord(long Number, long Line, ReadOnlyMemory<byte> Bytes, string? ErrorId = null, string? Problem = null);
