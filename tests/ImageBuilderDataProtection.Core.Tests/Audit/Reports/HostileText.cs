namespace ImageBuilderDataProtection.Tests.Audit.Reports;

/// <summary>Texts that try to be more than text, and how each must be seen.</summary>
internal static class HostileText
{
    /// <summary>The texts.</summary>
    public static IReadOnlyList<(string Text, string Seen)> All { get; } =
    [
        .. Unchanged(
            "<script>alert(1)</script>", "</script><script>alert(1)</script>", "</style><style>*{display:none}</style>", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0'?>",
            "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</title><svg onload=alert(1)>", "</td></tr></table><iframe src=javascript:alert(1)>", "&lt;b&gt; &amp; &#60;",
            "javascript:alert(1)", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "`alert(1)`", "=HYPERLINK(\"x\")", "</bdi></dd></dl>", "\u05d0\u05d1\u05d2/1.0.0", "日本語😀"),
        ("admin\u202Eredrob", "admin[U+202E]redrob"),
        ("\u2066a\u2069\u200Eb\u200F\u061C", "[U+2066]a[U+2069][U+200E]b[U+200F][U+061C]"),
        ("nul\0, bell\a, escape\u001b[31m, delete\u007f", "nul[U+0000], bell[U+0007], escape[U+001B][31m, delete[U+007F]"),
        ("two\r\nlines\tand\u2028more", "two[U+000D][U+000A]lines[U+0009]and[U+2028]more"),
        ("zero\u200Bwidth\uFEFF\u00AD", "zero[U+200B]width[U+FEFF][U+00AD]"),
        ("no\u00A0break\u3000blank\u2800", "no[U+00A0]break[U+3000]blank[U+2800]"),
        ("half \uD800 and \uDC00 half", "half [U+D800] and [U+DC00] half"),
        ("tag \U000E0041, none \uFFFE\uFFFF", "tag [U+E0041], none [U+FFFE][U+FFFF]"),
        ("\u115F\u3164\uFE0F", "[U+115F][U+3164][U+FE0F]"),
        (new string('x', 600), new string('x', 600)),
    ];

    /// <summary>Those that a record can hold: JSON in UTF-8 has no half characters.</summary>
    public static IEnumerable<(string Text, string Seen)> OfRecords => All.Where(static pair => !pair.Seen.Contains("[U+D800]", StringComparison.Ordinal));

    private static IEnumerable<(string Text, string Seen)> Unchanged(params string[] texts) => texts.Select(static text => (text, text));
}
