namespace ImageBuilderDataProtection.Interop;

/// <summary>A theory that needs a JavaScript peer; skipped with a clear line where it is missing.</summary>
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(PeerLibrary library = PeerLibrary.EncryptionSdk) => Skip = JavaScriptPeer.WhatIsMissing(library);
}
