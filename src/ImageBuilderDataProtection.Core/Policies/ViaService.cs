namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// How kms:ViaService names the service that calls for someone ("kms:ViaService" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service).
/// </summary>
internal static class ViaService
{
    /// <summary>Image Builder, as <c>invokedBy</c> has it.</summary>
    public const string ImageBuilder = "imagebuilder" + Domain;

    private const string Domain = ".amazonaws.com";
    private const string ChinaDomain = Domain + ".cn";

    /// <summary>The value, such as <c>imagebuilder.us-west-2.amazonaws.com</c>; null for what is no service.</summary>
    /// <param name="invokedBy">The service, such as <c>imagebuilder.amazonaws.com</c>; null for none.</param>
    /// <param name="region">The region that is called.</param>
    /// <param name="partition">The partition; in China the domain is another.</param>
    public static string? Of(string? invokedBy, string region, string partition)
    {
        int domain = invokedBy?.IndexOf(Domain, StringComparison.Ordinal) ?? -1;
        return domain <= 0 ? null : $"{invokedBy![..domain]}.{region}{(partition == "aws-cn" ? ChinaDomain : Domain)}";
    }
}
