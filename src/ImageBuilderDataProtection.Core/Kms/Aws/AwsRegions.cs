using System.Text.RegularExpressions;
using Amazon;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>Finds the region by AWS's own order, and keeps regions and partitions together.</summary>
internal static partial class AwsRegions
{
    /// <summary>The region given, else that of the environment, else that of the profile.</summary>
    /// <param name="settings">The common parameters.</param>
    /// <param name="otherwise">The region where none is told; null where that is an error.</param>
    /// <exception cref="DataProtectionException"><c>RegionUnknown</c> or <c>InvalidRegion</c>.</exception>
    public static string Resolve(AwsConnectionSettings settings, string? otherwise = null)
    {
        string region = settings.Region
            ?? AwsEnvironment.Region
            ?? AwsProfiles.Find(settings.ProfileName ?? AwsEnvironment.ProfileName)?.Region?.SystemName
            ?? otherwise
            ?? throw new DataProtectionException(
                "RegionUnknown",
                FailureKind.InvalidArgument,
                "The region is not known; give -Region, name the key by its ARN, set the environment variable AWS_REGION, or set region in the profile.");

        // The name becomes part of a host name.
        return Require(region);
    }

    /// <summary>Refuses a name that is like no region's.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidRegion</c>.</exception>
    public static string Require(string region) => IsRegion(region) ? region : throw Invalid(region);

    /// <summary>The refusal of a name that is like no region's.</summary>
    public static DataProtectionException Invalid(string region) =>
        new("InvalidRegion", FailureKind.InvalidArgument, $"\"{region}\" is not a region; it must read like us-west-2.");

    /// <summary>Refuses an ARN whose region is none of its partition's.</summary>
    /// <exception cref="DataProtectionException"><c>RegionNotInPartition</c>.</exception>
    public static void RequireInPartition(KeyIdentifier key)
    {
        if (key.Region is { } region && PartitionOf(region) is { } partition && partition != key.Partition)
        {
            throw new DataProtectionException(
                "RegionNotInPartition",
                FailureKind.InvalidArgument,
                $"\"{key}\" cannot be: {region} is a region of the partition {partition}, not of {key.Partition}; correct the ARN.");
        }
    }

    /// <summary>Whether a name is like a region's.</summary>
    public static bool IsRegion(string name) => Name().IsMatch(name);

    /// <summary>The partition of a region, such as <c>aws-cn</c> of cn-north-1; null for what is like no region.</summary>
    public static string? PartitionOf(string region) => RegionEndpoint.GetBySystemName(region).PartitionName;

    [GeneratedRegex(@"\A[a-z]{2,}(-[a-z]+)+-[0-9]{1,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
