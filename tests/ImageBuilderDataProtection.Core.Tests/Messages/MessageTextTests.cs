using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

public sealed class MessageTextTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5000)]
    public async Task The_text_form_is_one_line_of_base64_and_comes_back(int size)
    {
        byte[] message = await MessageSamples.EncryptAsync(MessageSamples.Plaintext(size), AlgorithmSuite.Unsigned);
        byte[] text = MessageText.ToText(message);
        Assert.Equal(Convert.ToBase64String(message) + "\n", System.Text.Encoding.ASCII.GetString(text));
        Assert.True(MessageText.TryDecode(text, out byte[]? decoded));
        Assert.Equal(message, decoded);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("{0}\n")]
    [InlineData("{0}\r\n")]
    [InlineData("{0}\n\n")]
    [InlineData("\n {0} \t")]
    [InlineData("\uFEFF{0}\r\n")]
    public async Task White_space_around_is_passed_over(string form)
    {
        byte[] message = await MessageSamples.EncryptAsync([1, 2, 3], AlgorithmSuite.Default);
        string text = form.Replace("{0}", Convert.ToBase64String(message), StringComparison.Ordinal);
        Assert.True(MessageText.TryDecode(MessageSamples.Utf8(text), out byte[]? decoded));
        Assert.Equal(message, decoded);
    }

    [Theory]
    [InlineData(64, "\n")]
    [InlineData(76, "\r\n")]
    public async Task Wrapped_lines_are_read(int width, string lineEnd)
    {
        byte[] message = await MessageSamples.EncryptAsync(MessageSamples.Plaintext(500), AlgorithmSuite.Unsigned);
        string text = string.Concat(Convert.ToBase64String(message).Chunk(width).Select(line => new string(line) + lineEnd));
        Assert.True(MessageText.TryDecode(MessageSamples.Utf8(text), out byte[]? decoded));
        Assert.Equal(message, decoded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("name: build\nschemaVersion: 1.0\n")]
    [InlineData("aGVsbG8=")]
    [InlineData("AgR4=")]
    [InlineData("AgR4A")]
    [InlineData("AgR4!A==")]
    public void Other_text_is_no_message(string text)
    {
        Assert.False(MessageText.TryDecode(MessageSamples.Utf8(text), out byte[]? decoded));
        Assert.Null(decoded);
    }

    [Fact]
    public async Task A_message_in_bytes_is_no_text()
    {
        foreach (AlgorithmSuite suite in AlgorithmSuite.All)
        {
            Assert.False(MessageText.TryDecode(await MessageSamples.EncryptAsync([1], suite), out _));
        }
    }

    [Fact]
    public void The_longest_message_fits_the_longest_text_wrapped()
    {
        long encoded = (MessageLimits.MaxMessageLength + 2L) / 3 * 4;
        Assert.InRange(MessageText.MaxLength, encoded + ((encoded + 63) / 64 * 2), int.MaxValue);
    }
}
