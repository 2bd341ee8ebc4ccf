using System.Text;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Tests.Protection;

public sealed class ProtectedFileSearchTests : IDisposable
{
    private static readonly byte[] Message = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "messages", "javascript", "0578-aes256-workflow-1000.msg"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_message_is_found_in_bytes_and_in_text_whatever_stands_before_it()
    {
        string text = Convert.ToBase64String(Message);
        foreach (byte[] content in new[] { Message, Encoding.ASCII.GetBytes(text), Encoding.ASCII.GetBytes($"\r\n  {text}\n"), [.. Encoding.UTF8.Preamble, .. Encoding.ASCII.GetBytes(text)] })
        {
            Assert.NotNull(await ReadAsync(content));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("name: workflow\n")]
    [InlineData("A note.")]
    [InlineData("AgV4")]
    [InlineData("\u0002 binary")]
    public async Task Any_other_file_is_passed_over(string content) => Assert.Null(await ReadAsync(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public async Task A_file_that_is_gone_is_an_error()
    {
        DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => ProtectedFileSearch.TryReadAsync(_folder["none"], default));
        Assert.Equal("ReadFailed", error.ErrorId);
    }

    [Fact]
    public void Folders_are_searched_to_the_bottom_and_links_to_folders_not_followed()
    {
        Directory.CreateDirectory(_folder["a/b/c"]);
        foreach (string file in new[] { "z", "a/1", "a/b/c/2" })
        {
            File.WriteAllText(_folder[file], "");
        }

        Directory.CreateSymbolicLink(_folder["a/b/round"], _folder.FullPath);
        Assert.Equal([_folder["a/1"], _folder["a/b/c/2"], _folder["z"]], ProtectedFileSearch.FilesOf(_folder.FullPath, static error => throw error, default));
    }

    [Fact]
    public void A_folder_that_cannot_be_listed_is_told()
    {
        var errors = new List<DataProtectionException>();
        Assert.Empty(ProtectedFileSearch.FilesOf(_folder["none"], errors.Add, default));
        Assert.Equal("ReadFailed", Assert.Single(errors).ErrorId);
    }

    private async Task<ProtectedFile?> ReadAsync(byte[] content)
    {
        await File.WriteAllBytesAsync(_folder["file"], content);
        return await ProtectedFileSearch.TryReadAsync(_folder["file"], default);
    }
}
