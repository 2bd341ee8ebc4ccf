namespace ImageBuilderDataProtection.Interop;

/// <summary>The JavaScript libraries that we are tested against.</summary>
public enum PeerLibrary
{
    /// <summary>The AWS Encryption SDK (peer.mjs).</summary>
    EncryptionSdk,

    /// <summary>The policy simulator <c>@cloud-copilot/iam-simulate</c> (policy-peer.mjs).</summary>
    IamSimulate,

    /// <summary>The KMS client of the AWS SDK, and the Encryption SDK's keyring on it (kms-peer.mjs).</summary>
    KmsClient,

    /// <summary>Chromium, driven by playwright-core (browser-peer.mjs).</summary>
    Browser,
}
