using System.Xml.Linq;
using CsCheck;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

public sealed class HtmlWriterTests
{
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.String[Gen.Char['\0', '\uFFFF'], 0, 40],
        Gen.String[Gen.OneOf("<>&\"'/!-=[] \0\u202E\uD83D\uDE00scriptx".ToCharArray()), 0, 40]);

    [Fact]
    public void A_value_is_seen_as_it_must_be()
    {
        foreach ((string text, string seen) in HostileText.All)
        {
            XElement read = Write(text);
            Assert.Equal((seen, seen), (read.Value, (string)read.Attribute("title")!));
            Assert.False(read.HasElements);
        }
    }

    [Fact]
    public void Any_value_is_one_text_without_a_character_that_hides() => AnyText.Sample(static text =>
    {
        XElement read = Write(text);
        return !read.HasElements && read.Attributes().Count() == 1 && read.Value == (string)read.Attribute("title")! && read.Value.EnumerateRunes().All(ReportText.IsVisible);
    });

    [Fact]
    public void A_value_of_visible_characters_is_seen_as_it_is() => AnyText
        .Select(static text => string.Concat(text.EnumerateRunes().Where(static rune => rune.Value != 0xFFFD && ReportText.IsVisible(rune))))
        .Sample(static text => Write(text).Value == text);

    [Fact]
    public void Numbers_and_times_are_written_the_same_everywhere()
    {
        using var text = new StringWriter();
        new HtmlWriter(text).Write($"{1234567} {0.12345} {new DateTime(2026, 9, 1, 8, 5, 0, DateTimeKind.Utc):d MMM yyyy HH:mm}");
        Assert.Equal("1,234,567 0.123 1 Sep 2026 08:05", text.ToString());
    }

    [Fact]
    public void A_value_is_refused_where_escaping_would_not_help()
    {
        const string Value = "onload=alert(1)";
        Assert.Throws<InvalidOperationException>(static () => new HtmlWriter(TextWriter.Null).Write($"<p {Value}>"));
        Assert.Throws<InvalidOperationException>(static () => new HtmlWriter(TextWriter.Null).Write($"<p class={Value}>"));
        Assert.Throws<InvalidOperationException>(static () => new HtmlWriter(TextWriter.Null).Write($"<p class='{Value}'>"));
        Assert.Throws<InvalidOperationException>(static () => new HtmlWriter(TextWriter.Null).Write($"<{Value}>"));
    }

    private static XElement Write(string? value)
    {
        using var text = new StringWriter();
        new HtmlWriter(text).Write($"<p title=\"{value}\">{value}</p>");
        return XElement.Parse(text.ToString(), LoadOptions.PreserveWhitespace);
    }
}
