namespace ImageBuilderDataProtection.Interop;

/// <summary>A test that makes a picture for the documentation anew; skipped unless an environment variable names the folder for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PictureFactAttribute : FactAttribute
{
    /// <summary>The variable.</summary>
    public const string Variable = "IB_REPORT_PICTURES";

    public PictureFactAttribute() => Skip = JavaScriptPeer.WhatIsMissing(PeerLibrary.Browser)
        ?? (string.IsNullOrEmpty(Folder) ? $"No picture is wanted: set {Variable} to the folder for audit-report.png." : null);

    /// <summary>The folder.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable(Variable);
}
