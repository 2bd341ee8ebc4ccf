using System.Globalization;
using ImageBuilderDataProtection.Kms.Aws;

namespace ImageBuilderDataProtection.Tests.Kms.Aws;

public sealed class AwsSecretsTests
{
    [Fact]
    public void The_secrets_last_used_are_kept_and_no_more_of_them_than_the_limit()
    {
        var secrets = new AwsSecrets();
        for (int i = 0; i < 10 * AwsSecrets.MaxSecrets; i++)
        {
            secrets.Add("given-secret");
            secrets.Add(i.ToString("'renewed-'0000", CultureInfo.InvariantCulture));
        }

        Assert.Equal(AwsSecrets.MaxSecrets, secrets.Count);
        Assert.Equal("(withheld) and (withheld)", secrets.Redact("given-secret and renewed-0319"));
        Assert.False(secrets.AreIn("renewed-0000"));
    }

    [Fact]
    public void Nothing_is_no_secret()
    {
        var secrets = new AwsSecrets();
        secrets.Add(null);
        secrets.Add("");
        Assert.Equal("text", secrets.Redact("text"));
    }
}
