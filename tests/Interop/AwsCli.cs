using System.Diagnostics;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>The AWS CLI, where it is installed.</summary>
internal static class AwsCli
{
    /// <summary>Why there is no AWS CLI on this machine; null when there is one.</summary>
    public static string? WhatIsMissing { get; } = FindMissing();

    /// <summary>Starts one command; <paramref name="environment"/> tells it whom to ask, and no file of the user's does.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("aws", [.. arguments, "--output", "json", "--no-cli-pager", "--endpoint-url", environment["AWS_ENDPOINT_URL_KMS"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Version 1 has no pager, and does not know how to be told so.
        if (!IsVersion2)
        {
            start.ArgumentList.Remove("--no-cli-pager");
        }

        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(AppContext.BaseDirectory, "no-such-file");
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment.TryAdd("AWS_MAX_ATTEMPTS", "1");
        return Process.Start(start)!;
    }

    /// <summary>Waits for a command: its output, or its error.</summary>
    public static async Task<(JObject Output, string Error)> EndAsync(Process command)
    {
        using (command)
        {
            Task<string> error = command.StandardError.ReadToEndAsync();
            string output = await command.StandardOutput.ReadToEndAsync();
            await command.WaitForExitAsync();
            using var reader = new JsonTextReader(new StringReader(output)) { DateParseHandling = DateParseHandling.None };
            return (string.IsNullOrWhiteSpace(output) ? [] : JObject.Load(reader), await error);
        }
    }

    private static bool IsVersion2 { get; set; }

    private static string? FindMissing()
    {
        try
        {
            using Process aws = Process.Start(new ProcessStartInfo("aws", ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string version = aws.StandardOutput.ReadToEnd() + aws.StandardError.ReadToEnd();
            aws.WaitForExit();
            IsVersion2 = version.StartsWith("aws-cli/2.", StringComparison.Ordinal);
            return version.StartsWith("aws-cli/", StringComparison.Ordinal) ? null : "the command aws is not the AWS CLI";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "the AWS CLI is not installed (Debian's package awscli)";
        }
    }
}
