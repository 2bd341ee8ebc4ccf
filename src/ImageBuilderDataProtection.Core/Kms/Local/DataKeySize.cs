namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>How long a data key is to be, as a request says it: in bytes, or by the name of the cipher that it is for.</summary>
/// <param name="Bytes">The length in bytes.</param>
/// <param name="KeySpec"><c>AES_128</c> or <c>AES_256</c>; null when the request gave bytes.</param>
internal readonly record struct DataKeySize(int Bytes, string? KeySpec)
{
    /// <summary>The most bytes KMS makes ("GenerateDataKey" in the AWS KMS API Reference).</summary>
    public const int MaxBytes = 1024;

    /// <summary>What this module itself asks for.</summary>
    public static DataKeySize Default { get; } = new(32, KeySpec: null);
}
