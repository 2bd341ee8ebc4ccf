namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// What the command that uses a session now allows. A session outlives commands, so this is not part of its settings: two
/// commands with different time limits share their credentials all the same.
/// </summary>
internal sealed class AwsInteraction
{
    private long _timeoutTicks = AwsConnectionSettings.DefaultTimeout.Ticks;
    private volatile Func<string, string?>? _mfaTokenProvider;

    /// <summary>How long one call may take.</summary>
    public TimeSpan Timeout => TimeSpan.FromTicks(Interlocked.Read(ref _timeoutTicks));

    /// <summary>Asks for the code of an MFA device; null where no one can be asked or no one answers.</summary>
    public string? AskForCode(string serial) => _mfaTokenProvider?.Invoke(serial);

    /// <summary>Takes over what another command allows.</summary>
    public void Adopt(AwsConnectionSettings settings)
    {
        Interlocked.Exchange(ref _timeoutTicks, settings.Timeout.Ticks);
        _mfaTokenProvider = settings.MfaTokenProvider;
    }
}
