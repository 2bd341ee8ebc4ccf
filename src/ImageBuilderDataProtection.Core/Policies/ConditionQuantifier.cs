namespace ImageBuilderDataProtection.Policies;

/// <summary>How many values of the request must satisfy a condition ("Multivalued context keys" in the IAM User Guide).</summary>
internal enum ConditionQuantifier
{
    /// <summary>The key has one value.</summary>
    Single,

    /// <summary>ForAllValues: every value, and so also none at all.</summary>
    All,

    /// <summary>ForAnyValue: at least one.</summary>
    Any,
}
