namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// How keys in a bucket turn into names in a copy of it, as one digest file shows, whose key and name are known: the bucket
/// may have been copied below a folder, or only what stands below some part of its keys.
/// </summary>
/// <param name="Above">What stands before keys: the path of the bucket's copy, with a slash at its end, or nothing.</param>
/// <param name="Dropped">What keys lose: the part of them that was not copied, with a slash at its end, or nothing.</param>
internal readonly record struct DigestLayout(string Above, string Dropped)
{
    /// <summary>The layout; null when an object of this key cannot have this name: it was moved.</summary>
    public static DigestLayout? TryCreate(string name, string key) =>
        name == key || name.EndsWith('/' + key, StringComparison.Ordinal) ? new DigestLayout(name[..^key.Length], "")
        : key.EndsWith('/' + name, StringComparison.Ordinal) ? new DigestLayout("", key[..^name.Length])
        : null;

    /// <summary>The name of an object; null when it is not in the part that was copied.</summary>
    public string? TryResolve(string key) =>
        key.StartsWith(Dropped, StringComparison.Ordinal) && Array.TrueForAll(key.Split('/'), IsPlain) ? Above + key[Dropped.Length..] : null;

    // Keys are any text. One that leads out of the folder is followed nowhere, whoever signed it.
    private static bool IsPlain(string segment) => segment is not ("" or "." or "..") && segment.AsSpan().IndexOfAny('\\', ':', '\0') < 0;
}
