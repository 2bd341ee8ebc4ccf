namespace ImageBuilderDataProtection.Interop;

/// <summary>A test that needs a JavaScript peer; skipped with a clear line where it is missing.</summary>
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(PeerLibrary library = PeerLibrary.EncryptionSdk) => Skip = JavaScriptPeer.WhatIsMissing(library);
}
