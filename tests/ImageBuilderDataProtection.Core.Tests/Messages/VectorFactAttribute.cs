namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>
/// A test of the official vectors, which are too large to keep here. It is skipped unless an environment variable names the
/// folder of an unzipped set, such as <c>v4-Net-4.0.1.zip</c> under <c>TestVectors</c> in <c>aws/aws-encryption-sdk</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VectorFactAttribute : FactAttribute
{
    public VectorFactAttribute(string variable)
    {
        Variable = variable;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
        {
            Skip = $"No official vectors were given: set {variable} to the folder of an unzipped set.";
        }
    }

    public string Variable { get; }
}
