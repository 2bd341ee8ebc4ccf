namespace ImageBuilderDataProtection.Interop;

/// <summary>A test that needs the JavaScript peer; skipped with a clear line where it is missing.</summary>
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute() => Skip = JavaScriptPeer.Missing;
}
