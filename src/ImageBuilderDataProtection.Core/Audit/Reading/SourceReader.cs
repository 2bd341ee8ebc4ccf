using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Reads the wanted records of one source at a time, as a stream: plain, packed with gzip or in a .zip archive, told by the first
/// bytes. At most a buffer and one record are held. Not safe for several threads.
/// </summary>
/// <param name="filter">Which records are wanted.</param>
/// <param name="tally">Is told what is read.</param>
internal sealed class SourceReader(AuditFilter filter, ScanTally tally) : ISourceReader<IAuditSource, AuditReading>
{
    private const int BufferBytes = 256 * 1024;

    private readonly CandidateTest _candidates = new(filter);

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <inheritdoc />
    /// <returns>The records, and what could not be read, in their order.</returns>
    public IEnumerable<AuditReading> Read(IAuditSource source, CancellationToken cancellationToken)
    {
        long stored = 0;
        bool isArchive = false;

        // Entries of an archive may share their bytes, which are then read again and again.
        var expansion = new Expansion(() => isArchive ? source.Length : Math.Max(source.Length, stored));
        LeadingBytes? first = null;
        try
        {
            first = Try(source.Name, () => new LeadingBytes(Open()), out AuditReadException? failure);
            if (first is not null)
            {
                isArchive = Try(source.Name, () => first.Peek().ToArray(), out failure) is [(byte)'P', (byte)'K', 3 or 5, 4 or 6];
            }

            IEnumerable<AuditReading> readings = failure is not null ? [new AuditReading(null, failure)]
                : isArchive ? ReadArchive(source.Name, Open, expansion, cancellationToken)
                : ReadRecords(source.Name, () => Unpack(first!, Open), expansion, cancellationToken);
            if (failure is not null || isArchive)
            {
                first?.Dispose();
            }

            foreach (AuditReading reading in readings)
            {
                yield return reading;
            }
        }
        finally
        {
            first?.Dispose();

            // What was not read, or read twice, is done with.
            tally.AddBytes(source.Length - stored);
        }

        Stream Open() => new MeteredStream(source.Open(cancellationToken), count =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            stored += count;
            tally.AddBytes(count);
        });
    }

    private IEnumerable<AuditReading> ReadArchive(string name, Func<Stream> open, Expansion expansion, CancellationToken cancellationToken)
    {
        using ZipArchive? archive = Try(name, () => OpenArchive(open, name), out AuditReadException? failure);
        ZipArchiveEntry[]? entries = archive is null ? null : Try(name, () => ListEntries(archive), out failure);
        failure ??= entries is [] ? AuditReadException.NoTrailFiles(name) : null;
        if (failure is not null)
        {
            yield return new AuditReading(null, failure);
            yield break;
        }

        foreach (ZipArchiveEntry entry in entries!.Where(entry => TrailFiles.MayHold(entry.Name, filter.Times)))
        {
            SalvagingEntryStream Open() => new(entry);
            foreach (AuditReading reading in ReadRecords($"{name}/{entry.FullName}", () => Unpack(new LeadingBytes(Open()), Open), expansion, cancellationToken))
            {
                yield return reading;
            }

            if (expansion.IsExceeded)
            {
                yield break;
            }
        }
    }

    private static ZipArchive OpenArchive(Func<Stream> open, string name)
    {
        Stream stream = open();
        try
        {
            if (!stream.CanSeek)
            {
                throw new IOException("A .zip archive can only be read from a file.");
            }

            ZipDirectory directory = ZipDirectory.Find(stream);
            return directory.Entries > AuditLimits.ArchiveEntries ? throw TooLarge(name, $"{directory.Entries:N0} entries; a .zip file may have at most {AuditLimits.ArchiveEntries:N0}")
                : directory.Bytes > AuditLimits.ArchiveDirectoryBytes ? throw TooLarge(name, $"a directory of {directory.Bytes:N0} bytes; a .zip file may have one of at most {AuditLimits.ArchiveDirectoryBytes:N0}")
                : new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static ZipArchiveEntry[] ListEntries(ZipArchive archive) =>
        [.. archive.Entries.Where(static entry => TrailFiles.IsTrailFile(entry.Name)).OrderBy(static entry => entry.FullName, Comparer<string>.Create(TrailFiles.CompareNames))];

    private static AuditReadException TooLarge(string name, FormattableString what) => new(
        "AuditFileTooLarge", FailureKind.LimitExceeded, $"\"{name}\" has {FormattableString.Invariant(what)}; unpack it and read the folder.", name);

    // What Windows PowerShell writes with > is UTF-16.
    private static Stream Unpack(LeadingBytes stream, Func<Stream> open) => stream.Peek() switch
    {
        [0x1f, 0x8b, ..] => new SalvagingGzipStream(stream, open),
        [0xff, 0xfe, ..] => ToUtf8(stream, "utf-16"),
        [0xfe, 0xff, ..] => ToUtf8(stream, "utf-16BE"),
        _ => stream,
    };

    // What is no character becomes one that no JSON has, so that the record is told as damaged.
    private static Stream ToUtf8(Stream stream, string encoding) =>
        Encoding.CreateTranscodingStream(stream, Encoding.GetEncoding(encoding, EncoderFallback.ExceptionFallback, new DecoderReplacementFallback("\u0001")), Encoding.UTF8);

    private IEnumerable<AuditReading> ReadRecords(string name, Func<Stream> open, Expansion expansion, CancellationToken cancellationToken)
    {
        using Stream? content = Try(name, open, out AuditReadException? failure);
        if (content is null)
        {
            yield return new AuditReading(null, failure);
            yield break;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        bool isNoRecordTold = false;
        try
        {
            var scanner = new RecordScanner(AuditLimits.RecordBytes, _candidates, isVouchedFor: content is SalvagingGzipStream);
            int start = 0;
            int end = 0;
            bool isFirst = true;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                int? count = TryRead(content, buffer.AsSpan(end, BufferBytes - end), isFirst ? ByteOrderMark.Length : 1, name, out failure);
                if (count is null || !expansion.Allows(count.Value))
                {
                    yield return new AuditReading(null, failure ?? Expands(name));
                    yield break;
                }

                end += count.Value;
                if (isFirst && buffer.AsSpan(0, end).StartsWith(ByteOrderMark))
                {
                    start = ByteOrderMark.Length;
                }

                isFirst = false;
                bool isEnd = count == 0;
                bool mayGrow = !isEnd && end - start < BufferBytes;
                while (scanner.Next(buffer.AsMemory(0, end), ref start, mayGrow, out ScannedRecord found))
                {
                    if (ToReading(found, name) is not { } reading)
                    {
                        continue;
                    }

                    // Rows have the same columns, and texts of another kind are of it all, so that once is enough.
                    bool isNoRecord = reading.Failure?.InnerException is DataProtectionException { ErrorId: RecordForm.HoldsNoRecord };
                    if (!isNoRecord || !isNoRecordTold)
                    {
                        yield return reading;
                    }

                    isNoRecordTold |= isNoRecord;
                }

                if (isEnd)
                {
                    break;
                }
            }

            if (scanner.IsUnfinishedPage)
            {
                tally.AddUnfinishedPage();
            }

            if (scanner.End() is { } unsaid)
            {
                yield return new AuditReading(null, Failure(unsaid, name));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private AuditReading? ToReading(ScannedRecord found, string name)
    {
        if (found.ErrorId is not null)
        {
            return new AuditReading(null, Failure(found, name));
        }

        try
        {
            return filter.Select(RecordForm.Unwrap(found.Bytes).Span, name, tally.AddRefusedWithoutParameters) is { } record ? new AuditReading(record, null) : null;
        }
        catch (DataProtectionException error)
        {
            return new AuditReading(null, new AuditReadException(
                "InvalidAuditRecord", FailureKind.InvalidData, $"Record {found.Number} (line {found.Line}) of \"{name}\" cannot be read: {error.Message}", name, found.Number, found.Line, error));
        }
    }

    private static AuditReadException Failure(ScannedRecord found, string name) => new(
        found.ErrorId!,
        found.ErrorId == "AuditRecordTooLarge" ? FailureKind.LimitExceeded : FailureKind.InvalidData,
        $"Record {found.Number} (line {found.Line}) of \"{name}\" {found.Problem}.",
        name,
        found.Number,
        found.Line);

    private static AuditReadException Expands(string name) => new(
        "AuditFileExpands",
        FailureKind.LimitExceeded,
        $"\"{name}\" unpacks to more than {AuditLimits.Expansion} times its size, which no trail file does, so the rest of it is not read; unpack it yourself if you trust it.",
        name);

    // Null after a failure.
    private static int? TryRead(Stream content, Span<byte> buffer, int minimum, string name, out AuditReadException? failure)
    {
        failure = null;
        try
        {
            return content.ReadAtLeast(buffer, minimum, throwOnEndOfStream: false);
        }
        catch (Exception error) when (AuditReadException.IsOfReading(error))
        {
            failure = AuditReadException.Unreadable(name, error);
            return null;
        }
    }

    private static T? Try<T>(string name, Func<T> open, out AuditReadException? failure)
        where T : class
    {
        failure = null;
        try
        {
            return open();
        }
        catch (Exception error) when (AuditReadException.IsOfReading(error))
        {
            failure = AuditReadException.Unreadable(name, error);
            return null;
        }
    }

    /// <summary>How much came of how little: of an archive, of all its entries together.</summary>
    private sealed class Expansion(Func<long> stored)
    {
        private long _unpacked;

        public bool IsExceeded { get; private set; }

        public bool Allows(int more)
        {
            _unpacked += more;
            IsExceeded = _unpacked > AuditLimits.ExpansionAllowance && _unpacked / AuditLimits.Expansion > stored();
            return !IsExceeded;
        }
    }
}
