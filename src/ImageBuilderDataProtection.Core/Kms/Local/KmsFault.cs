namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// A refusal on its way out of an operation. <see cref="LocalKmsCall"/> records it and makes a <see cref="KmsException"/>,
/// which also knows the request id and the record.
/// </summary>
internal sealed class KmsFault(string errorCode, string message) : Exception(message)
{
    /// <summary>The error's AWS name.</summary>
    public string ErrorCode { get; } = errorCode;

    public static KmsFault NotFound(string message) => new("NotFoundException", message);

    public static KmsFault Validation(string message) => new("ValidationException", message);

    public static KmsFault MalformedPolicy(string message) => new("MalformedPolicyDocumentException", message);

    public static KmsFault InvalidCiphertext() => new(
        "InvalidCiphertextException", "The ciphertext is damaged, or the encryption context is not the one it was encrypted with.");
}
