namespace ImageBuilderDataProtection.Policies;

/// <summary>One condition of a statement: an operator, a condition key and the values that it is compared with.</summary>
/// <param name="Operator">The operator as written, such as <c>StringLike</c> or <c>ForAllValues:StringEqualsIfExists</c>.</param>
/// <param name="Key">The condition key as written, such as <c>kms:EncryptionContext:aws:imagebuilder:arn</c>.</param>
/// <param name="Values">The values; true, false and numbers as their text.</param>
public sealed record PolicyCondition(string Operator, string Key, IReadOnlyList<string> Values);
