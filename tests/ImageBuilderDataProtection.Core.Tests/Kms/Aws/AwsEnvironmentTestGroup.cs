namespace ImageBuilderDataProtection.Tests.Kms.Aws;

/// <summary>The tests that change the environment or the shared files of AWS; nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AwsEnvironmentTestGroup
{
    /// <summary>The group's name.</summary>
    public const string Name = "AWS environment";
}
