using System.Collections.ObjectModel;
using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Turns what a user gives as -Path, -LiteralPath, -Destination or a folder into paths of the file system.</summary>
/// <param name="session">The session, which knows drives and the current location.</param>
internal sealed class InputFiles(SessionState session)
{
    private const string FileSystem = "FileSystem";

    /// <summary>The files that a path with wildcard characters names; folders that match are passed over.</summary>
    /// <exception cref="DataProtectionException"><c>FileNotFound</c>, <c>InvalidPath</c> or <c>PathIsFolder</c>.</exception>
    public IReadOnlyList<string> Matching(string path)
    {
        IReadOnlyList<string> matches = MatchingOrFolders(path);
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [.. matches.Select(RequireNoFolder)];
        }

        string[] files = [.. matches.Where(static match => !Directory.Exists(match))];
        return files.Length > 0 ? files : throw NoMatch(path);
    }

    /// <summary>The files and folders that a path with wildcard characters names.</summary>
    /// <exception cref="DataProtectionException"><c>FileNotFound</c> or <c>InvalidPath</c>.</exception>
    public IReadOnlyList<string> MatchingOrFolders(string path)
    {
        try
        {
            Collection<string> matches = session.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            RequireFileSystem(provider, path);
            return matches.Count > 0 ? matches : throw NoMatch(path);
        }
        catch (SessionStateException error)
        {
            throw Translate(error, path);
        }
    }

    /// <summary>The file that a path names as it stands.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidPath</c> or <c>PathIsFolder</c>.</exception>
    public string Literal(string path) => RequireNoFolder(Unresolved(path));

    /// <summary>The path of something that need not exist, as it stands. A trailing separator, which says "a folder", is kept.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidPath</c>.</exception>
    public string Unresolved(string path)
    {
        try
        {
            string full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            RequireFileSystem(provider, path);
            return Path.EndsInDirectorySeparator(path) && !Path.EndsInDirectorySeparator(full)
                ? full + Path.DirectorySeparatorChar
                : full;
        }
        catch (SessionStateException error)
        {
            throw Translate(error, path);
        }
    }

    private static string RequireNoFolder(string path) => Directory.Exists(path)
        ? throw new DataProtectionException(
            "PathIsFolder", FailureKind.InvalidArgument, $"\"{path}\" is a folder; name the files in it, such as \"{Path.Combine(path, "*")}\".")
        : path;

    private static void RequireFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name != FileSystem)
        {
            throw new DataProtectionException(
                "InvalidPath", FailureKind.InvalidArgument, $"\"{path}\" is a path of the {provider.Name} provider; only files can be used here.");
        }
    }

    private static DataProtectionException Translate(SessionStateException error, string path) =>
        error is ItemNotFoundException ? NotFound($"\"{path}\" does not exist.", error)
        : path.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) ? new DataProtectionException(
            "InvalidPath", FailureKind.InvalidArgument, $"\"{path}\" is in Amazon S3, not a file; commands that read buckets take it as -S3Uri.", error)
        : new DataProtectionException("InvalidPath", FailureKind.InvalidArgument, $"\"{path}\" cannot be used: {error.Message}", error);

    private static DataProtectionException NoMatch(string path) =>
        NotFound($"No file matches \"{path}\"; if its wildcard characters are part of a name, use -LiteralPath.", null);

    private static DataProtectionException NotFound(string message, Exception? cause) =>
        new("FileNotFound", FailureKind.NotFound, message, cause);
}
