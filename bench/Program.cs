using System.Globalization;
using ImageBuilderDataProtection.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["messages"]:
        await MessageBenchmark.RunAsync();
        return 0;
    case ["policies"]:
        PolicyBenchmark.Run();
        return 0;
    case ["batch"]:
        await BatchBenchmark.RunAsync();
        return 0;
    case ["audit", ..] when AuditBenchmark.Run(args.AsSpan(1)) is { } done:
        return done;
    case ["audit-scan", var parallelism, .. var folders]:
        AuditBenchmark.Scan(parallelism, folders);
        return 0;
    case ["audit-duckdb", var parallelism, var way, var folder]:
        AuditBenchmark.ScanWithDuckDb(parallelism, way, folder);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project bench -- messages|policies|batch|audit [--gigabytes N] [--folder F]");
        return 2;
}
