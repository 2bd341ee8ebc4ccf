namespace ImageBuilderDataProtection.Workflows;

/// <summary>The image creation stage a workflow belongs to.</summary>
public enum WorkflowType
{
    /// <summary>Runs before the snapshot is made.</summary>
    Build,

    /// <summary>Runs against the new image.</summary>
    Test,

    /// <summary>Distributes the image.</summary>
    Distribution,
}
