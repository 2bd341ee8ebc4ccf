using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Protection;

/// <summary>
/// Where the outputs of one batch go. A target is given out once: two inputs that would be written to the same file are
/// refused, so that -Force never lets one input of a batch overwrite the output of another.
/// </summary>
public sealed class TargetPaths
{
    /// <summary>What the name of a protected file ends in unless the user names another.</summary>
    public const string ProtectedSuffix = ".encrypted";

    private readonly string? _destination;
    private readonly HashSet<string> _given = new(FilePaths.Comparer);

    /// <summary>Makes the targets of one batch.</summary>
    /// <param name="destination">A file, or a folder (it exists, or the path ends in a separator); null for beside the source.</param>
    public TargetPaths(string? destination) => _destination = destination;

    /// <summary>The target for protecting a source: its name with <c>.encrypted</c> added.</summary>
    /// <exception cref="DataProtectionException"><c>TargetIsSource</c> or <c>TargetGivenTwice</c>.</exception>
    public string ForProtecting(string source) => Give(source, Path.GetFileName(source) + ProtectedSuffix);

    /// <summary>The target for updating a protected file elsewhere: its own name.</summary>
    /// <exception cref="DataProtectionException"><c>TargetIsSource</c> or <c>TargetGivenTwice</c>.</exception>
    public string ForUpdating(string source) => Give(source, Path.GetFileName(source));

    /// <summary>The target for opening a protected file: its name with <c>.encrypted</c> taken off.</summary>
    /// <exception cref="DataProtectionException"><c>TargetUnknown</c>, <c>TargetIsSource</c> or <c>TargetGivenTwice</c>.</exception>
    public string ForOpening(string source)
    {
        string name = Path.GetFileName(source);
        if (name.Length > ProtectedSuffix.Length && name.EndsWith(ProtectedSuffix, StringComparison.OrdinalIgnoreCase))
        {
            return Give(source, name[..^ProtectedSuffix.Length]);
        }

        return _destination is not null && !IsFolder(_destination)
            ? Give(source, name)
            : throw new DataProtectionException(
                "TargetUnknown",
                FailureKind.InvalidArgument,
                $"\"{source}\" does not end in {ProtectedSuffix}, so the name of the opened file is not known; give a file name as -Destination, or -PassThru.");
    }

    private static bool IsFolder(string path) => Path.EndsInDirectorySeparator(path) || Directory.Exists(path);

    private string Give(string source, string name)
    {
        string target = Path.GetFullPath(
            _destination is null ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(source))!, name)
            : IsFolder(_destination) ? Path.Combine(_destination, name)
            : _destination);
        if (FilePaths.Comparer.Equals(target, Path.GetFullPath(source)))
        {
            throw new DataProtectionException(
                "TargetIsSource", FailureKind.InvalidArgument, $"\"{target}\" is both the source and the target; name another -Destination.");
        }

        return _given.Add(target)
            ? target
            : throw new DataProtectionException(
                "TargetGivenTwice",
                FailureKind.AlreadyExists,
                $"\"{source}\" would be written to \"{target}\", where another file of this batch goes (or the same file, named twice); give it a -Destination of its own.");
    }
}
