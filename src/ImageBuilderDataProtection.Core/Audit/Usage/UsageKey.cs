namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>The group of an event: the numbers of its names in <see cref="UsageNames"/>, and the start of its hour or day.</summary>
internal readonly record struct UsageKey(int Workflow, int Key, int Principal, int Operation, int InvokedBy, int Region, int Account, DateTime Time);
