namespace ImageBuilderDataProtection.Policies;

/// <summary>A text is not a policy document. The error id is <c>MalformedPolicyDocument</c>.</summary>
public sealed class PolicyFormatException : DataProtectionException
{
    internal PolicyFormatException(string reason, string path, int line, int column, Exception? innerException = null)
        : base(
            "MalformedPolicyDocument",
            FailureKind.InvalidData,
            $"The policy is malformed at line {line}, column {column}{(path.Length == 0 ? "" : $" ({path})")}: {reason}.",
            innerException)
    {
        Path = path;
        Line = line;
        Column = column;
    }

    /// <summary>The element, such as <c>Statement[0].Effect</c>; empty when the text is not even JSON.</summary>
    public string Path { get; }

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The character in the line, counted from 1.</summary>
    public int Column { get; }
}
