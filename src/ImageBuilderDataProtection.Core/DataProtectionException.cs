namespace ImageBuilderDataProtection;

/// <summary>What kind of failure a <see cref="DataProtectionException"/> reports; the cmdlets map it to a PowerShell error category.</summary>
public enum FailureKind
{
    /// <summary>An argument is not of the form it must have.</summary>
    InvalidArgument,

    /// <summary>The content of a file, message, policy or record is malformed.</summary>
    InvalidData,

    /// <summary>Something named does not exist.</summary>
    NotFound,

    /// <summary>Something that must not exist is there already.</summary>
    AlreadyExists,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied,

    /// <summary>A cryptographic check failed: the content is not what was protected, or not for this context.</summary>
    SecurityViolation,

    /// <summary>A named limit is exceeded.</summary>
    LimitExceeded,

    /// <summary>The resource is not in a state that allows the operation.</summary>
    InvalidState,

    /// <summary>A file or a service could not be reached, read or written.</summary>
    Unavailable,
}

/// <summary>
/// The base of every failure this library reports on purpose. The message is one sentence that a user can act on and
/// never holds plaintext, a data key or a credential. Names and what services say stand in it as <see cref="TerminalText"/>.
/// </summary>
public class DataProtectionException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="errorId">A stable identifier that scripts can test, such as <c>EncryptionContextMismatch</c>.</param>
    /// <param name="kind">The kind of failure.</param>
    /// <param name="message">One clear sentence: what was wrong, where, what to do.</param>
    /// <param name="innerException">The cause, if any.</param>
    public DataProtectionException(string errorId, FailureKind kind, string message, Exception? innerException = null)
        : base(TerminalText.Line(message), innerException)
    {
        ErrorId = errorId;
        Kind = kind;
    }

    /// <summary>A stable identifier that scripts can test.</summary>
    public string ErrorId { get; }

    /// <summary>The kind of failure.</summary>
    public FailureKind Kind { get; }

    /// <summary>The same failure, with the input it came from at the beginning of its message where that does not name it.</summary>
    /// <param name="input">The input, such as a file.</param>
    public DataProtectionException About(string input) =>
        Message.Contains(TerminalText.Line(input), StringComparison.Ordinal) ? this : WithMessage($"\"{input}\": {Message}");

    /// <summary>The same failure in other words, with this one as its cause. A type that says more than its base does this itself, or stays as it is.</summary>
    private protected virtual DataProtectionException WithMessage(string message) =>
        GetType() == typeof(DataProtectionException) ? new(ErrorId, Kind, message, this) : this;
}
