namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>What the wire saw of one call. It follows the call through the SDK, which does not tell it.</summary>
internal sealed class AwsCallTrace
{
    private static readonly AsyncLocal<AwsCallTrace?> Ambient = new();

    /// <summary>The trace of the call that is being made; null outside of one.</summary>
    public static AwsCallTrace? Current => Ambient.Value;

    /// <summary>The user agent, as it was sent.</summary>
    public string? UserAgent { get; set; }

    /// <summary>Begins to trace what this asynchronous flow calls.</summary>
    public static AwsCallTrace Begin() => Ambient.Value = new AwsCallTrace();
}
