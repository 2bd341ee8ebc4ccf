using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

public sealed class ReportTextTests
{
    [Fact]
    public void A_text_that_is_not_too_long_is_kept()
    {
        Assert.Null(ReportText.Cut(null));
        Assert.Equal("", ReportText.Cut(""));
        string longest = new('a', ReportLimits.TextLength);
        Assert.Same(longest, ReportText.Cut(longest));
    }

    [Fact]
    public void A_text_that_is_too_long_says_what_is_left_out()
    {
        string text = new string('a', ReportLimits.TextLength) + new string('b', 1234);

        // By sha256sum.
        Assert.Equal(new string('a', 640) + "… (1,234 more characters, SHA-256 7C5098FA…)", ReportText.Cut(text));
        Assert.NotEqual(ReportText.Cut(text), ReportText.Cut(text[..^1] + "c"));
    }

    [Fact]
    public void A_character_is_not_cut_in_two()
    {
        string text = new string('a', ReportLimits.TextLength - 1) + "😀 and so on";
        Assert.StartsWith(new string('a', 639) + "… (12 more", ReportText.Cut(text), StringComparison.Ordinal);
    }
}
