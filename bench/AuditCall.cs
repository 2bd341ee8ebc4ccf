namespace ImageBuilderDataProtection.Bench;

/// <summary>What is particular about one call of a corpus; its texts are JSON.</summary>
/// <param name="Service">Such as <c>kms</c>.</param>
/// <param name="Name">The operation.</param>
/// <param name="ReadOnly">Whether it changes nothing.</param>
/// <param name="Request">The request's parameters.</param>
/// <param name="Response">What it answered.</param>
internal sealed record AuditCall(string Service, string Name, bool ReadOnly, string Request, string Response = "null")
{
    /// <summary>The caller; null for one that fits any service.</summary>
    public string? Identity { get; init; }

    /// <summary>The service that called, which then stands for address and program; null for none.</summary>
    public string? InvokedBy { get; init; }

    /// <summary>More data of the event; null for none.</summary>
    public string? Additional { get; init; }

    /// <summary>The resources; null for none.</summary>
    public string? Resources { get; init; }

    public string Type { get; init; } = "AwsApiCall";

    public bool IsManagement { get; init; } = true;
}
