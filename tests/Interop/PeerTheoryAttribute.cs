namespace ImageBuilderDataProtection.Interop;

/// <summary>A theory that needs the JavaScript peer; skipped with a clear line where it is missing.</summary>
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute() => Skip = JavaScriptPeer.Missing;
}
