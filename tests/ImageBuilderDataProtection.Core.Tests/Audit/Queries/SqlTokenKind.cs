namespace ImageBuilderDataProtection.Tests.Audit.Queries;

internal enum SqlTokenKind
{
    Word,
    Mark,
    Literal,
    QuotedName,
}
