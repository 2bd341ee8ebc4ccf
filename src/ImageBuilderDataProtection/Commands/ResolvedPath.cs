namespace ImageBuilderDataProtection.Commands;

/// <summary>A path as a user gave it, and the files it names, or why it names none.</summary>
internal sealed class ResolvedPath
{
    private readonly Func<string, IReadOnlyList<string>> _resolve;

    /// <param name="path">What the user gave.</param>
    /// <param name="resolve">Finds the files.</param>
    public ResolvedPath(string path, Func<string, IReadOnlyList<string>> resolve)
    {
        Path = path;
        _resolve = resolve;
        Resolve();
    }

    /// <summary>What the user gave.</summary>
    public string Path { get; }

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>Why there are no files.</summary>
    public DataProtectionException? Failure { get; private set; }

    /// <summary>How many inputs these are; a path that names no file is one, which fails.</summary>
    public int Count => Failure is null ? Files.Count : 1;

    /// <summary>Looks for the files, anew.</summary>
    public void Resolve()
    {
        try
        {
            (Files, Failure) = (_resolve(Path), null);
        }
        catch (DataProtectionException failure)
        {
            (Files, Failure) = ([], failure);
        }
    }
}
