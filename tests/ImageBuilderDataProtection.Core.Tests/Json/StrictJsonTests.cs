using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Json;

public class StrictJsonTests
{
    private const int Limit = 1024 * 1024;

    [Theory]
    [InlineData("{'a':1}", 1, 2)]
    [InlineData("{\"a\":1,}", 1, 8)]
    [InlineData("{\"a\":1} x", 1, 9)]
    [InlineData("{\n  // no\n  \"a\":1}", 2, 3)]
    [InlineData("{\n  \"a\": 1,\n  \"a\": 2\n}", 3, 3)]
    [InlineData("{\"é\": tru}", 1, 10)]
    [InlineData("[1, 2", 1, 6)]
    [InlineData("", 1, 1)]
    [InlineData("[NaN]", 1, 2)]
    [InlineData("[\"\\ud800\"]", 1, 2)]
    public void What_is_not_JSON_is_refused_with_its_place(string text, int line, int column)
    {
        JsonSyntaxException error = Assert.Throws<JsonSyntaxException>(() => StrictJson.Parse(Encoding.UTF8.GetBytes(text), "The text", Limit));
        Assert.Equal("InvalidJson", error.ErrorId);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"The text is not valid JSON: line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the text is empty")]
    [InlineData(" \n", "the text is empty")]
    [InlineData("{", "the text ends too early; a bracket, a quote or a value is missing at its end")]
    [InlineData("{\"a\":", "the text ends too early; a bracket, a quote or a value is missing at its end")]
    [InlineData("{\"a\":1", "the text ends too early; a bracket, a quote or a value is missing at its end")]
    [InlineData("[1, ", "the text ends too early; a bracket, a quote or a value is missing at its end")]
    [InlineData("{\"a\":\"x", "the text ends too early; a bracket, a quote or a value is missing at its end")]
    [InlineData("{\"a\":1 , }", "a comma stands after the last item; take it out")]
    [InlineData("[1,]", "a comma stands after the last item; take it out")]
    [InlineData("// no\n{}", "comments are not allowed")]
    [InlineData("{\"a\":1 /* no */}", "comments are not allowed")]
    [InlineData("{\"a\":1}// no", "comments are not allowed")]
    [InlineData("{'a':1}", "a single quote begins no name and no string; use double quotes")]
    [InlineData("{a:1}", "the name of a property, in double quotes, is needed here")]
    [InlineData("{\"a\":\"x\ny\"}", "a line break, tab or other control character stands in a string; write it as \\n, \\t or \\u00XX")]
    [InlineData("{\"a\":x}", "'x' is an invalid start of a value")]
    public void The_reason_is_about_the_text(string text, string reason)
    {
        JsonSyntaxException error = Assert.Throws<JsonSyntaxException>(() => StrictJson.Parse(Encoding.UTF8.GetBytes(text), "The text", Limit));
        Assert.Equal(reason, error.Reason);
    }

    [Fact]
    public void Too_deep_is_told_with_the_limit()
    {
        JsonSyntaxException error = Assert.Throws<JsonSyntaxException>(() => StrictJson.Parse(Encoding.UTF8.GetBytes(new string('[', StrictJson.MaxDepth + 1) + "]"), "The text", Limit));
        Assert.Equal($"objects and arrays nest deeper than {StrictJson.MaxDepth}", error.Reason);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused_with_its_place()
    {
        JsonSyntaxException error = Assert.Throws<JsonSyntaxException>(() => StrictJson.Parse([(byte)'[', (byte)'"', 0xC3, (byte)'"', (byte)']'], "The text", Limit));
        Assert.Equal((1, 3), (error.Line, error.Column));
    }

    [Fact]
    public void Depth_and_size_have_limits()
    {
        string deep = new string('[', StrictJson.MaxDepth + 1) + new string(']', StrictJson.MaxDepth + 1);
        Assert.Throws<JsonSyntaxException>(() => StrictJson.Parse(Encoding.UTF8.GetBytes(deep), "The text", Limit));
        Assert.NotNull(StrictJson.Parse(Encoding.UTF8.GetBytes(deep[1..^1]), "The text", Limit));
        DataProtectionException large = Assert.Throws<DataProtectionException>(() => StrictJson.Parse("[1, 2]"u8, "The text", 5));
        Assert.Equal("JsonTooLarge", large.ErrorId);
    }

    [Theory]
    [InlineData("[0,-0,1.0,1.50,1e5,1E+5,9223372036854775807,9223372036854775808,123456789012345678901234567890,-0.0]")]
    [InlineData("{\"z\":1,\"a\":{\"Z\":null,\"A\":[true,false,[],{}]},\"2020-01-01T00:00:00Z\":\"2020-01-01T00:00:00Z\"}")]
    [InlineData("\"é€😀\"")]
    public void What_is_read_is_written_back(string text)
    {
        JToken value = StrictJson.Parse(Encoding.UTF8.GetBytes(text), "The text", Limit);
        Assert.Equal(text, StrictJson.Write(value, indented: false));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.Equal("[1]", StrictJson.Write(StrictJson.Parse(Encoding.UTF8.GetBytes("\uFEFF[1]"), "The text", Limit), indented: false));

    [Fact]
    public void Writing_then_reading_is_identity()
    {
        Gen<JToken> leaf = Gen.OneOf<JToken>(
            Gen.String.Where(static text => text.EnumerateRunes().All(static rune => rune.Value != 0xFFFD)).Select(static text => (JToken)new JValue(text)),
            Gen.Long.Select(static number => (JToken)new JValue(number)),
            Gen.Bool.Select(static truth => (JToken)new JValue(truth)),
            Gen.Const((JToken)JValue.CreateNull()));
        Gen<JToken> tree = Gen.Recursive<JToken>((depth, self) => depth > 4
            ? leaf
            : Gen.OneOf(
                leaf,
                self.Array[0, 4].Select(static items => (JToken)new JArray(items)),
                Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 0, 5], self)[0, 4].Select(static pairs =>
                    (JToken)new JObject(pairs.Select(static pair => new JProperty(pair.Key, pair.Value))))));
        tree.Sample(value =>
        {
            string text = StrictJson.Write(value, indented: true);
            return StrictJson.Write(StrictJson.Parse(Encoding.UTF8.GetBytes(text), "The text", Limit), indented: true) == text;
        });
    }

    [Fact]
    public void Random_bytes_are_refused_or_read_and_nothing_else()
    {
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            try
            {
                StrictJson.Parse(bytes, "The text", Limit);
            }
            catch (JsonSyntaxException error)
            {
                Assert.True(error.Line >= 1 && error.Column >= 1);
            }
        });
    }
}
