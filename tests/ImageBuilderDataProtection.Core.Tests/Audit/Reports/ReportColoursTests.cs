using System.Globalization;
using System.Text.RegularExpressions;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

/// <summary>The colours of report.css, light and dark, by the contrast of WCAG 2.2 (success criteria 1.4.3 and 1.4.11).</summary>
public sealed partial class ReportColoursTests
{
    private const double OfText = 4.5;
    private const double OfGraphics = 3;

    public static TheoryData<string, string, double> Pairs => new()
    {
        { "text", "page", OfText }, { "text", "raised", OfText }, { "quiet", "page", OfText }, { "quiet", "raised", OfText }, { "denied-text", "page", OfText },
        { "accent", "page", OfGraphics }, { "succeeded", "page", OfGraphics }, { "failed", "page", OfGraphics }, { "denied", "page", OfGraphics },
        { "succeeded", "raised", OfGraphics }, { "failed", "raised", OfGraphics }, { "denied", "raised", OfGraphics },

        // The patterns, which tell the outcomes apart where colours do not.
        { "failed-dot", "failed", OfGraphics }, { "denied-line", "denied", OfGraphics },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Contrast_suffices(string one, string other, double least)
    {
        (string lightOne, string darkOne) = Colours[one];
        (string lightOther, string darkOther) = Colours[other];
        Assert.InRange(Contrast(lightOne, lightOther), least, 21);
        Assert.InRange(Contrast(darkOne, darkOther), least, 21);
    }

    [Fact]
    public void Every_colour_is_one_of_these() =>
        Assert.DoesNotMatch("#[0-9a-fA-F]{3,8}|rgb|hsl", Definition().Replace(PageAsset.Style.Text, "").Replace("url(\"#dots\")", "", StringComparison.Ordinal));

    private static Dictionary<string, (string Light, string Dark)> Colours { get; } = Definition().Matches(PageAsset.Style.Text)
        .ToDictionary(static match => match.Groups["name"].Value, static match => (match.Groups["light"].Value, match.Groups["dark"].Value));

    private static double Contrast(string one, string other)
    {
        double[] lights = [Luminance(one), Luminance(other)];
        return (lights.Max() + 0.05) / (lights.Min() + 0.05);
    }

    private static double Luminance(string colour)
    {
        double[] parts = [.. Enumerable.Range(0, 3).Select(i => int.Parse(colour.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(static part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))];
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }

    [GeneratedRegex("--(?<name>[a-z-]+): light-dark\\((?<light>#[0-9a-f]{6}), (?<dark>#[0-9a-f]{6})\\);")]
    private static partial Regex Definition();
}
