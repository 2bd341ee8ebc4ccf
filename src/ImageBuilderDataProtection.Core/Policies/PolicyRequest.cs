using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies;

/// <summary>A request to use or manage a key.</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">The action, such as <c>kms:Decrypt</c>.</param>
/// <param name="Key">The key.</param>
/// <param name="Conditions">The condition keys of the request.</param>
public sealed record PolicyRequest(RequestPrincipal Principal, string Action, KeyArn Key, RequestConditions Conditions);
