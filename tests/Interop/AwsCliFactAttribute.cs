namespace ImageBuilderDataProtection.Interop;

/// <summary>A test that needs the AWS CLI; skipped with a clear line where it is missing.</summary>
public sealed class AwsCliFactAttribute : FactAttribute
{
    public AwsCliFactAttribute() => Skip = AwsCli.WhatIsMissing;
}
