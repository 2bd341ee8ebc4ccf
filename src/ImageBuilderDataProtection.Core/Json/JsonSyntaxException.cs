namespace ImageBuilderDataProtection.Json;

/// <summary>A text is not the JSON it must be. The error id is <c>InvalidJson</c>.</summary>
public sealed class JsonSyntaxException : DataProtectionException
{
    internal JsonSyntaxException(string what, string reason, int line, int column)
        : base("InvalidJson", FailureKind.InvalidData, $"{what} is not valid JSON: line {line}, column {column}: {reason}")
    {
        Reason = reason;
        Line = line;
        Column = column;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The character in the line, counted from 1.</summary>
    public int Column { get; }
}
