namespace ImageBuilderDataProtection.Commands;

/// <summary>The work on one file, with all it needs of the parameters, which are the next file's by the time it runs.</summary>
/// <param name="Target">The file it writes; null for none.</param>
/// <param name="Run">Does it, on any thread; the result is what the cmdlet emits.</param>
internal sealed record FileWork(string? Target, Func<CancellationToken, Task<object>> Run);
