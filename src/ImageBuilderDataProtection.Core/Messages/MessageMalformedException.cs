namespace ImageBuilderDataProtection.Messages;

/// <summary>The bytes are not a message as the AWS Encryption SDK specification defines it (data-format/message.md).</summary>
public sealed class MessageMalformedException : DataProtectionException
{
    /// <summary>Makes the failure; its identifier is <c>MessageMalformed</c>.</summary>
    /// <param name="offset">The offset in bytes, from the start of the message, of the field that is wrong.</param>
    /// <param name="problem">What is wrong there: a clause without a full stop.</param>
    public MessageMalformedException(int offset, string problem)
        : base("MessageMalformed", FailureKind.InvalidData, $"This is not an intact AWS Encryption SDK message: at byte {offset:N0}, {problem}.")
    {
        Offset = offset;
    }

    private MessageMalformedException(string message, MessageMalformedException cause)
        : base(cause.ErrorId, cause.Kind, message, cause)
    {
        Offset = cause.Offset;
    }

    /// <summary>The offset in bytes, from the start of the message, of the field that is wrong.</summary>
    public int Offset { get; }

    /// <inheritdoc />
    private protected override DataProtectionException WithMessage(string message) => new MessageMalformedException(message, this);
}
