using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Tests.Protection;

public sealed class TargetPathsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_destination_the_target_is_beside_the_source()
    {
        var targets = new TargetPaths(null);

        Assert.Equal(_folder["build.yml.encrypted"], targets.ForProtecting(_folder["build.yml"]));
        Assert.Equal(_folder["build.yml"], targets.ForOpening(_folder["build.yml.encrypted"]));
    }

    [Fact]
    public void A_folder_takes_the_name_and_a_file_is_the_target()
    {
        Assert.Equal(_folder["a.yml.encrypted"], new TargetPaths(_folder.FullPath).ForProtecting("/src/a.yml"));
        Assert.Equal(_folder["new/a.yml"], new TargetPaths(_folder["new/"]).ForOpening("/src/a.yml.encrypted"));
        Assert.Equal(_folder["b"], new TargetPaths(_folder["b"]).ForProtecting("/src/a.yml"));
        Assert.Equal(_folder["b"], new TargetPaths(_folder["b"]).ForOpening("/src/a.bin"));
    }

    [Fact]
    public void Two_sources_never_share_a_target()
    {
        var targets = new TargetPaths(_folder.FullPath);
        targets.ForProtecting("/one/a.yml");

        var error = Assert.Throws<DataProtectionException>(() => targets.ForProtecting("/two/a.yml"));

        Assert.Equal("TargetGivenTwice", error.ErrorId);
    }

    [Fact]
    public void The_source_is_never_the_target() =>
        Assert.Equal(
            "TargetIsSource",
            Assert.Throws<DataProtectionException>(() => new TargetPaths(_folder["a"]).ForProtecting(_folder["a"])).ErrorId);

    [Theory]
    [InlineData("build.yml")]
    [InlineData(".encrypted")]
    public void A_name_that_does_not_tell_the_opened_files_name_needs_a_destination(string name) =>
        Assert.Equal("TargetUnknown", Assert.Throws<DataProtectionException>(() => new TargetPaths(null).ForOpening(_folder[name])).ErrorId);
}
