using System.Management.Automation;
using System.Security;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Lets a secret be given as a SecureString or, as AWS Tools for PowerShell take it, as text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretTextTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (Wrapped.Unwrap(inputData) is not string text)
        {
            return inputData;
        }

        var secret = new SecureString();
        foreach (char character in text)
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }
}
