namespace ImageBuilderDataProtection.Interop;

/// <summary>The peer refused a request.</summary>
/// <param name="message">What it said.</param>
public sealed class JavaScriptPeerException(string message) : Exception(message);
