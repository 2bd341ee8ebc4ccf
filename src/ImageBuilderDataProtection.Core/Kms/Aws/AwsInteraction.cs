namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// What one command allows. Sessions, with their credentials, are shared by commands, so this is not theirs: it goes with each
/// call, also through the SDK where the call has it renew credentials.
/// </summary>
/// <param name="Timeout">How long one call may take.</param>
/// <param name="MfaTokenProvider">Asks for the code of an MFA device; null where no one can be asked.</param>
internal sealed record AwsInteraction(TimeSpan Timeout, Func<string, string?>? MfaTokenProvider)
{
    private static readonly AsyncLocal<AwsInteraction?> Ambient = new();
    private static readonly AwsInteraction Unattended = new(AwsConnectionSettings.DefaultTimeout, MfaTokenProvider: null);

    /// <summary>That of the call that is being made; outside of one no one can be asked.</summary>
    public static AwsInteraction Current => Ambient.Value ?? Unattended;

    /// <summary>Asks for the code of an MFA device; null where no one can be asked or no one answers.</summary>
    public string? AskForCode(string serial) => MfaTokenProvider?.Invoke(serial);

    /// <summary>Makes it that of what this asynchronous flow calls.</summary>
    public void Begin() => Ambient.Value = this;
}
