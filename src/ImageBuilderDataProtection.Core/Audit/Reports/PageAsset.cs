using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>The style or the script of the page: report.css and report.js beside this file, built into the assembly.</summary>
internal sealed class PageAsset
{
    private PageAsset(string name)
    {
        using Stream stream = typeof(PageAsset).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // The browser hashes what it has read, and it reads every line end as this one.
        Text = reader.ReadToEnd().ReplaceLineEndings("\n");
        Hash = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    /// <summary>The style sheet.</summary>
    public static PageAsset Style { get; } = new("report.css");

    /// <summary>The script.</summary>
    public static PageAsset Script { get; } = new("report.js");

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>By what the page's Content-Security-Policy knows it ("CSP Level 3", hash-source).</summary>
    public string Hash { get; }
}
