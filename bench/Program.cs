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
    default:
        await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project bench -- messages|policies|batch");
        return 2;
}
