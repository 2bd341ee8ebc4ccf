using System.Globalization;
using System.IO.Compression;

namespace ImageBuilderDataProtection.Bench;

/// <summary>The same question put to Get-Content and ConvertFrom-Json. They do not decompress: that is done before, and not counted.</summary>
internal sealed class PowerShellPeer : IDisposable
{
    private const string Script = """
        $ErrorActionPreference = 'Stop'
        $self = [Diagnostics.Process]::GetCurrentProcess()
        $busy = $self.TotalProcessorTime
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $found = @(foreach ($file in $args) {
            (Get-Content -LiteralPath $file -Raw | ConvertFrom-Json).Records | Where-Object {
                $_.eventSource -ceq 'kms.amazonaws.com' -and $_.requestParameters.encryptionContext.'aws:imagebuilder:arn'
            }
        })
        $seconds = $watch.Elapsed.TotalSeconds
        $self.Refresh()
        [string]::Format([cultureinfo]::InvariantCulture, '{0} {1} {2}', $seconds, $found.Count, ($self.TotalProcessorTime - $busy).TotalSeconds)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ibdp-bench-").FullName;
    private readonly string _script;
    private readonly string[] _files;

    public PowerShellPeer(IEnumerable<string> files)
    {
        _script = Path.Combine(_folder, "read.ps1");
        File.WriteAllText(_script, Script);
        _files = [.. files.Select(Decompress)];
    }

    public static bool IsInstalled => Programs.Find("pwsh") is not null;

    public static string Name => IsInstalled
        ? $"Get-Content | ConvertFrom-Json, {Programs.Run("pwsh", ["-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.ToString()"])[0]}"
        : "pwsh";

    /// <summary>Takes a turn; how long the program takes to start is not counted.</summary>
    public AuditTurn Count()
    {
        string[] answer = Programs.Run("pwsh", ["-NoProfile", "-NonInteractive", "-File", _script, .. _files])[^1].Split(' ');
        return new AuditTurn(
            double.Parse(answer[0], CultureInfo.InvariantCulture),
            long.Parse(answer[1], CultureInfo.InvariantCulture),
            double.Parse(answer[2], CultureInfo.InvariantCulture));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Decompress(string file)
    {
        string target = Path.Combine(_folder, Path.GetFileNameWithoutExtension(file));
        using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using FileStream output = File.Create(target);
        gzip.CopyTo(output);
        return target;
    }
}
