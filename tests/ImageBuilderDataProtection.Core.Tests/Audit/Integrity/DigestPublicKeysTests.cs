using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Audit.Integrity;

namespace ImageBuilderDataProtection.Tests.Audit.Integrity;

public sealed class DigestPublicKeysTests : IDisposable
{
    // The keys of the CloudTrail User Guide's example, with the fingerprints it gives.
    private const string GuideKey =
        "MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/"
        + "RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YD"
        + "cawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB";

    private const string GuideFingerprint = "8eba5db5bea9b640d1c96a77256fe7f2";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_is_found_by_the_fingerprint_that_CloudTrail_gives_it()
    {
        byte[] der = Convert.FromBase64String(GuideKey);
        Assert.Equal(GuideFingerprint, DigestPublicKey.Fingerprint(der));
        using RSA rsa = RSA.Create();
        rsa.ImportRSAPublicKey(der, out _);
        string list = $$"""{"PublicKeyList":[{"Value":"{{GuideKey}}","ValidityStartTime":1436317441.0,"ValidityEndTime":1438909441.0,"Fingerprint":"{{GuideFingerprint}}"}]}""";
        byte[][] files =
        [
            Encoding.UTF8.GetBytes(list),
            Encoding.UTF8.GetBytes("\uFEFF " + list.Replace("PublicKeyList", "publicKeyList", StringComparison.Ordinal)),
            Encoding.ASCII.GetBytes(rsa.ExportRSAPublicKeyPem()),
            Encoding.ASCII.GetBytes(DigestPem() + "\n" + rsa.ExportSubjectPublicKeyInfoPem() + "\n"),
            der,
            rsa.ExportSubjectPublicKeyInfo(),
        ];
        foreach (byte[] file in files)
        {
            File.WriteAllBytes(_folder["keys"], file);
            DigestPublicKeys keys = await DigestPublicKeys.ReadAsync(_folder["keys"], default);
            Assert.NotNull(keys.Find(GuideFingerprint));
            Assert.NotNull(keys.Find(GuideFingerprint.ToUpperInvariant()));
            Assert.Null(keys.Find("31e8b5433410dfb61a9dc45cc65b22ff"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("{\"PublicKeyList\":[5]}")]
    [InlineData("{\"PublicKeyList\":[{\"Value\":\"?\"}]}")]
    [InlineData("{\"PublicKeyList\":[{\"Value\":\"AAAA\"}]}")]
    [InlineData("-----BEGIN")]
    [InlineData("ssh-rsa AAAA")]
    public async Task A_file_without_keys_is_refused(string content)
    {
        File.WriteAllText(_folder["keys"], content);
        DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => DigestPublicKeys.ReadAsync(_folder["keys"], default));
        Assert.Equal(("InvalidPublicKeyFile", FailureKind.InvalidData), (error.ErrorId, error.Kind));
        Assert.Contains(_folder["keys"], error.Message, StringComparison.Ordinal);
    }

    private static string DigestPem()
    {
        using RSA other = RSA.Create(2048);
        return other.ExportSubjectPublicKeyInfoPem();
    }
}
