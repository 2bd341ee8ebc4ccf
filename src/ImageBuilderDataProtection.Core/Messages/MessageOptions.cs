namespace ImageBuilderDataProtection.Messages;

/// <summary>How a message is written.</summary>
public sealed record MessageOptions
{
    /// <summary>The plaintext bytes of a frame unless the caller says otherwise (client-apis/encrypt.md, "Frame Length").</summary>
    public const int DefaultFrameLength = 4096;

    /// <summary>The algorithm suite.</summary>
    public AlgorithmSuite Suite { get; init; } = AlgorithmSuite.Default;

    /// <summary>The plaintext bytes of a frame, 1 to <see cref="MessageLimits.MaxFrameLength"/>.</summary>
    public int FrameLength { get; init; } = DefaultFrameLength;

    /// <summary>Which suites may be written.</summary>
    public CommitmentPolicy CommitmentPolicy { get; init; } = CommitmentPolicy.RequireEncryptRequireDecrypt;
}
