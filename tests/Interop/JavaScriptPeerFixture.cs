namespace ImageBuilderDataProtection.Interop;

/// <summary>One peer for all tests of a class, started at the first question.</summary>
public sealed class JavaScriptPeerFixture : IDisposable
{
    private readonly Lazy<JavaScriptPeer> _peer = new(static () => JavaScriptPeer.Start(PeerLibrary.EncryptionSdk));

    public JavaScriptPeer Peer => _peer.Value;

    public void Dispose()
    {
        if (_peer.IsValueCreated)
        {
            _peer.Value.Dispose();
        }
    }
}
