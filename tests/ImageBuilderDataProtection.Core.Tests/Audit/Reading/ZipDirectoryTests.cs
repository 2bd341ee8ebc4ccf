using System.IO.Compression;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

public sealed class ZipDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<AuditReadException> _errors = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, "")]
    [InlineData(3, "")]
    [InlineData(3, "a comment, after the record")]
    [InlineData(70_000, "")]
    public void It_is_found_as_it_was_written(int entries, string comment)
    {
        using var archive = new FileStream(Write(entries, comment), FileMode.Open);
        ZipDirectory directory = ZipDirectory.Find(archive);
        Assert.Equal((ulong)entries, directory.Entries);

        // An entry's header is 46 bytes and its name; of many entries, a longer record and its locator stand after them.
        Assert.Equal((entries * (46L + 9)) + (entries > ushort.MaxValue ? 56 + 20 : 0), directory.Bytes);
    }

    [Fact]
    public void What_is_no_archive_has_none()
    {
        Assert.Equal(default, ZipDirectory.Find(new MemoryStream()));
        Assert.Equal(default, ZipDirectory.Find(new MemoryStream(new byte[100_000])));
        Assert.Equal(default, ZipDirectory.Find(new MemoryStream("PK\u0005\u0006"u8.ToArray())));

        // One that begins after its end.
        byte[] end = [.. "PK\u0005\u0006"u8, 0, 0, 0, 0, 7, 0, 7, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0];
        Assert.Equal(new ZipDirectory(7, 0), ZipDirectory.Find(new MemoryStream(end)));

        // A locator that leads nowhere.
        byte[] locator = [.. "PK\u0006\u0007"u8, 0, 0, 0, 0, .. BitConverter.GetBytes(long.MaxValue), 0, 0, 0, 0, .. "PK\u0005\u0006"u8, .. Enumerable.Repeat((byte)0xff, 16), 0, 0];
        Assert.Equal(new ZipDirectory(ushort.MaxValue, 0), ZipDirectory.Find(new MemoryStream(locator)));
    }

    [Fact]
    public void An_archive_with_too_many_entries_is_refused_before_they_are_read()
    {
        string path = Write(100_001, "");
        Assert.Empty(new AuditReader().Read([path], _errors.Add));
        Assert.Equal($"\"{path}\" has 100,001 entries; a .zip file may have at most 100,000; unpack it and read the folder.", Assert.Single(_errors).Message);
    }

    [Fact]
    public void So_is_one_with_too_large_a_directory_however_few_entries_it_says_to_have()
    {
        string path = Write(600, "", new string('x', 60_000));
        byte[] content = File.ReadAllBytes(path);
        content[^12] = content[^14] = 1;
        content[^11] = content[^13] = 0;
        File.WriteAllBytes(path, content);
        Assert.Empty(new AuditReader().Read([path], _errors.Add));
        Assert.Equal(("AuditFileTooLarge", FailureKind.LimitExceeded), (Assert.Single(_errors).ErrorId, _errors[0].Kind));
        Assert.Contains("has a directory of 36,033,000 bytes; a .zip file may have one of at most 33,554,432;", _errors[0].Message, StringComparison.Ordinal);
    }

    private string Write(int entries, string comment, string entryComment = "")
    {
        string path = _folder["a.zip"];
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        archive.Comment = comment;
        for (int number = 0; number < entries; number++)
        {
            archive.CreateEntry($"{number:D9}", CompressionLevel.NoCompression).Comment = entryComment;
        }

        return path;
    }
}
