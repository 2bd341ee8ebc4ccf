using System.IO.Compression;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Reads KMS records from trail files, as a stream: CloudTrail's <c>{"Records":[...]}</c>, a JSON array, JSON lines or a
/// single record, plain or compressed with gzip (told by its first bytes). No more than one record of at most
/// <see cref="KmsAuditEvent.MaxRecordBytes"/> is held at a time, however large the file.
/// </summary>
public sealed class AuditReader
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly string[] TrailFileEndings = [".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz"];

    /// <summary>Which records are wanted; unless it says otherwise, those for workflows.</summary>
    public AuditFilter Filter { get; init; } = new();

    /// <summary>Reads files and folders.</summary>
    /// <param name="paths">
    /// Files, and folders with the trail files in and under them: regular files with names that end with <c>.json</c>, <c>.jsonl</c> or
    /// <c>.ndjson</c>, or with <c>.gz</c> after that. CloudTrail's digest files among them are passed over.
    /// </param>
    /// <param name="onError">Is told of each file and record that could not be read; reading then goes on with the next.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The records; those of one folder in order of time, as far as the files' names tell it.</returns>
    public IEnumerable<KmsAuditEvent> Read(IEnumerable<string> paths, Action<AuditReadException> onError, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(onError);
        foreach (string path in paths)
        {
            foreach (string file in Directory.Exists(path) ? FilesOf(path, onError, cancellationToken) : [Path.GetFullPath(path)])
            {
                foreach (KmsAuditEvent record in ReadFile(file, onError, cancellationToken))
                {
                    yield return record;
                }
            }
        }
    }

    private static List<string> FilesOf(string folder, Action<AuditReadException> onError, CancellationToken cancellationToken)
    {
        List<string> files = FolderTree.Files(
            folder, static file => IsTrailFile(file.Name) && MayBeRegular(file), (unread, error) => onError(Unreadable(unread, error)), cancellationToken);
        files.Sort(static (a, b) => CompareNames(a, b));
        return files;
    }

    private static bool IsTrailFile(string name) =>
        !name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
        && !DigestName.IsDigest(name)
        && TrailFileEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    // A pipe that nobody writes to would be waited for without end. A link is what it leads to.
    private static bool MayBeRegular(FileInfo file)
    {
        try
        {
            return RegularFile.IsRegular(file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A link that leads nowhere, or a file just removed: opening it will tell.
            return true;
        }
    }

    private static int CompareNames(string a, string b)
    {
        int order = string.CompareOrdinal(TimeOf(a), TimeOf(b));
        return order != 0 ? order : string.CompareOrdinal(a, b);
    }

    // {account}_CloudTrail_{region}_{YYYYMMDDTHHmmZ}_{unique}.json.gz: the last two parts order files of all accounts and regions.
    private static string TimeOf(string path)
    {
        string name = Path.GetFileName(path);
        string[] parts = name.Split('_');
        return parts.Length >= 5 && parts[^4] == "CloudTrail" ? parts[^2] + parts[^1] : "";
    }

    private static AuditReadException Unreadable(string path, Exception error) => new(
        "AuditFileUnreadable",
        error is UnauthorizedAccessException ? FailureKind.PermissionDenied : error is FileNotFoundException or DirectoryNotFoundException ? FailureKind.NotFound : FailureKind.Unavailable,
        $"\"{path}\" could not be read: {error.Message}",
        path,
        innerException: error);

    private IEnumerable<KmsAuditEvent> ReadFile(string path, Action<AuditReadException> onError, CancellationToken cancellationToken)
    {
        using Stream? stream = TryOpen(path, onError);
        if (stream is null)
        {
            yield break;
        }

        var scanner = new RecordScanner(KmsAuditEvent.MaxRecordBytes);
        byte[] chunk = new byte[ChunkBytes];
        bool isFirst = true;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int? length = TryReadChunk(stream, chunk, path, onError);
            if (length is null)
            {
                yield break;
            }

            if (length == 0)
            {
                break;
            }

            int start = isFirst && chunk.AsSpan(0, length.Value).StartsWith("\uFEFF"u8) ? 3 : 0;
            isFirst = false;
            foreach (ScannedRecord found in scanner.Scan(chunk.AsMemory(start, length.Value - start)))
            {
                if (ToEvent(found, path, onError) is { } record)
                {
                    yield return record;
                }
            }
        }

        if (scanner.End() is { } end)
        {
            ToEvent(end, path, onError);
        }
    }

    private static Stream? TryOpen(string path, Action<AuditReadException> onError)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] magic = new byte[2];
            int length = file.CanSeek ? file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) : 0;
            if (length > 0)
            {
                file.Position = 0;
            }

            return length == 2 && magic is [0x1f, 0x8b] ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onError(Unreadable(path, error));
            return null;
        }
    }

    // Fills the chunk, so that records are scanned in long stretches; null after an error.
    private static int? TryReadChunk(Stream stream, byte[] chunk, string path, Action<AuditReadException> onError)
    {
        try
        {
            return stream.Read(chunk);
        }
        catch (InvalidDataException error)
        {
            onError(new AuditReadException(
                "AuditFileTruncated", FailureKind.InvalidData, $"\"{path}\" is damaged or cut off: its gzip data cannot be read to the end.", path, innerException: error));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onError(Unreadable(path, error));
        }

        return null;
    }

    private KmsAuditEvent? ToEvent(ScannedRecord found, string path, Action<AuditReadException> onError)
    {
        if (found.ErrorId is not null)
        {
            onError(new AuditReadException(
                found.ErrorId,
                found.ErrorId == "AuditRecordTooLarge" ? FailureKind.LimitExceeded : FailureKind.InvalidData,
                $"Record {found.Number} (line {found.Line}) of \"{path}\" {found.Problem}.",
                path,
                found.Number,
                found.Line));
            return null;
        }

        try
        {
            return Filter.Select(StrictJson.ParseObject(found.Bytes.Span, "The record", KmsAuditEvent.MaxRecordBytes), path);
        }
        catch (DataProtectionException error)
        {
            onError(new AuditReadException(
                "InvalidAuditRecord",
                FailureKind.InvalidData,
                $"Record {found.Number} (line {found.Line}) of \"{path}\" cannot be read: {error.Message}",
                path,
                found.Number,
                found.Line,
                error));
            return null;
        }
    }
}
