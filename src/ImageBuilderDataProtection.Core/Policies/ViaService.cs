namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// How kms:ViaService names the service that calls for someone. "Use the .amazonaws.com suffix of the AWS KMS ViaService name
/// in all AWS partitions", China's among them ("kms:ViaService" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service).
/// </summary>
internal static class ViaService
{
    /// <summary>Image Builder, as a service is named in <c>invokedBy</c>.</summary>
    public const string ImageBuilder = "imagebuilder" + Domain;

    /// <summary>The value for Image Builder in any region, as a pattern.</summary>
    public const string ImageBuilderInAnyRegion = "imagebuilder.*" + Domain;

    private const string Domain = ".amazonaws.com";

    /// <summary>The value, such as <c>imagebuilder.us-west-2.amazonaws.com</c>; null for what is no service.</summary>
    /// <param name="invokedBy">The service, such as <c>imagebuilder.amazonaws.com</c>; null for none.</param>
    /// <param name="region">The region that is called.</param>
    public static string? Of(string? invokedBy, string region)
    {
        int domain = invokedBy?.IndexOf(Domain, StringComparison.Ordinal) ?? -1;
        return domain <= 0 ? null : $"{invokedBy![..domain]}.{region}{Domain}";
    }

    /// <summary>Whether a value, or a pattern of one, is for Image Builder alone.</summary>
    public static bool IsImageBuilder(string value) => value.StartsWith("imagebuilder.", StringComparison.Ordinal);
}
