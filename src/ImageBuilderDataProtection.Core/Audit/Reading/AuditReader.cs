using ImageBuilderDataProtection.Audit.Integrity;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Reads KMS records from trail files, as a stream: CloudTrail's <c>{"Records":[...]}</c>, a JSON array, JSON lines or a single
/// record, what LookupEvents and a query of CloudTrail Lake answer, plain, packed with gzip or in a .zip archive (told by the
/// first bytes). A record that cannot be wanted is not parsed. What is held is independent of how much there is to read, but for
/// the names of a folder's files.
/// </summary>
public sealed class AuditReader
{
    /// <summary>Which records are wanted; unless it says otherwise, those for workflows.</summary>
    public AuditFilter Filter { get; init; } = new();

    /// <summary>How many files are read at a time; the processors' number unless it is given.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Begins to read; sources are added to the scan.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    public AuditScan Scan(CancellationToken cancellationToken = default) => new(Filter, Parallelism, cancellationToken);

    /// <summary>The files that a path names: the file itself, or the trail files in and under a folder.</summary>
    /// <param name="path">
    /// A file, or a folder: its regular files with names that end with <c>.json</c>, <c>.jsonl</c> or <c>.ndjson</c>, with <c>.gz</c>
    /// after that or not, or with <c>.zip</c>, in order of the time that CloudTrail puts in names. CloudTrail's digest files are
    /// passed over, and files that were delivered before the time that is wanted.
    /// </param>
    /// <param name="onError">
    /// Is told of each folder that could not be listed, of a folder without trail files, and of a digest file or a folder of them
    /// (<see cref="AuditReadException.OnlyDigests"/>).
    /// </param>
    /// <param name="cancellationToken">Stops the listing.</param>
    public IReadOnlyList<IAuditSource> Sources(string path, Action<AuditReadException> onError, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(onError);
        if (Directory.Exists(path))
        {
            return TrailFiles.In(path, Filter.Times, onError, cancellationToken);
        }

        if (DigestName.IsDigest(Path.GetFileName(path)))
        {
            onError(AuditReadException.OnlyDigestFiles(path));
            return [];
        }

        return [AuditFile.At(path)];
    }

    /// <summary>Reads files and folders; see <see cref="Sources"/>.</summary>
    /// <param name="paths">The files and folders.</param>
    /// <param name="onError">Is told of each file and record that could not be read; reading then goes on with the next.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The records; those of one folder in order of time, as far as the files' names tell it.</returns>
    public IEnumerable<KmsAuditEvent> Read(IEnumerable<string> paths, Action<AuditReadException> onError, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(onError);
        return Read();

        IEnumerable<KmsAuditEvent> Read()
        {
            using AuditScan scan = Scan(cancellationToken);
            foreach (string path in paths)
            {
                scan.Add(Sources(path, onError, cancellationToken));
            }

            foreach (AuditReading reading in scan.TakeAll())
            {
                if (reading.Failure is not null)
                {
                    onError(reading.Failure);
                }
                else
                {
                    yield return reading.Event!;
                }
            }
        }
    }
}
