namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>Which part of a list a request asks for.</summary>
/// <param name="Limit">How many items at most; null for the operation's default.</param>
/// <param name="Marker">After which item; null from the start.</param>
internal readonly record struct ListPage(int? Limit, string? Marker);
