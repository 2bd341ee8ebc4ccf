namespace ImageBuilderDataProtection.Policies;

/// <summary>What a statement is held against.</summary>
internal sealed record StatementRequest(RequestPrincipal Principal, string Action, string Resource, RequestConditions Conditions);
