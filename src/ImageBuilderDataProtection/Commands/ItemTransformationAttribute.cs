using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Transforms what is given to a parameter, each item of a list by itself.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class ItemTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        Wrapped.Unwrap(inputData) is object[] many ? Array.ConvertAll(many, TransformItem) : TransformItem(inputData);

    /// <summary>Transforms one item.</summary>
    protected abstract object TransformItem(object? input);
}
