using System.Text;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Tests.Policies;

public sealed class PolicyFileTests : IDisposable
{
    private const string Text = "{\"Id\":\"é\"}";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<Encoding> Encodings =>
        [new UTF8Encoding(false), new UTF8Encoding(true), new UnicodeEncoding(bigEndian: false, byteOrderMark: true), new UnicodeEncoding(bigEndian: true, byteOrderMark: true)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task A_file_is_read_in_the_encodings_that_PowerShell_writes(Encoding encoding) =>
        Assert.Equal(Text, await ReadAsync([.. encoding.GetPreamble(), .. encoding.GetBytes(Text)]));

    [Fact]
    public async Task Other_bytes_are_refused_with_their_encoding()
    {
        DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => ReadAsync([(byte)'{', 0xE9, (byte)'}']));
        Assert.Equal("MalformedPolicyDocument", error.ErrorId);
        Assert.EndsWith("is not UTF-8 text at byte 1.", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<DataProtectionException>(() => ReadAsync([0xFF, 0xFE, (byte)'{', 0x00, 0x00, 0xD8, (byte)'}', 0x00]));
        Assert.Contains("is not UTF-16 text at byte ", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> ReadAsync(byte[] content)
    {
        string file = Path.Combine(_folder.FullPath, "policy.json");
        await File.WriteAllBytesAsync(file, content);
        return await PolicyFile.ReadAsync(file, default);
    }
}
