namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// What AWS says of a call that it refuses: "User: {ARN} is not authorized to perform: {action} on resource: {ARN} because ..."
/// ("Troubleshoot access denied error messages" in the IAM User Guide).
/// </summary>
internal static class AccessDeniedMessage
{
    /// <summary>What stands between the caller and the action, and in no other message.</summary>
    public const string Refusal = "is not authorized to perform";

    /// <summary>What stands between the action and the resource.</summary>
    public const string BeforeResource = " on resource: ";

    /// <summary>What follows the resource, where something does.</summary>
    public const string AfterResource = " ";

    /// <summary>Whether a message is of this kind.</summary>
    public static bool Is(string? message) => message?.Contains(Refusal, StringComparison.Ordinal) ?? false;

    /// <summary>
    /// The key that a message says was refused; null when it names none. CloudTrail may leave out the parameters and the resources
    /// of a refused call, and then only the message tells.
    /// </summary>
    public static string? KeyArn(string? message)
    {
        int resource = message?.IndexOf(BeforeResource, StringComparison.Ordinal) ?? -1;
        if (resource < 0)
        {
            return null;
        }

        string arn = message![(resource + BeforeResource.Length)..].Split(AfterResource, 2)[0];
        return Kms.KeyArn.IsKeyArn(arn) ? arn : null;
    }
}
