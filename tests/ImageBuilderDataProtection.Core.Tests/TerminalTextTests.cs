using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Tests;

public sealed class TerminalTextTests
{
    private const string Hostile = "x\u001b]0;pwn\a\u001b[2J\nValid\n y";
    private const string Shown = "x\uFFFD]0;pwn\uFFFD\uFFFD[2J\uFFFDValid\uFFFD y";

    [Theory]
    [InlineData("", "")]
    [InlineData("arn:aws:iam::111122223333:role/R ~", "arn:aws:iam::111122223333:role/R ~")]
    [InlineData("größer 日本語\u3000😀 \u05d0", "größer 日本語\u3000😀 \u05d0")]
    [InlineData(Hostile, Shown)]
    [InlineData("a\r\tb\u007f\u0085\u009b", "a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFD")]
    [InlineData("a\u202eb\u200b\u2028\u2029\U000E0041", "a\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFD")]
    public void A_line_holds_nothing_that_a_terminal_obeys(string text, string line) => Assert.Equal(line, TerminalText.Line(text));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("half \uFFFD", TerminalText.Line("half \uD83D"));

    [Fact]
    public void Lines_of_our_own_are_kept() => Assert.Equal("a\n\n  b\uFFFD\uFFFD\n", TerminalText.Lines("a\n\n  b\u001b\r\n"));

    [Fact]
    public void A_failure_names_its_input_on_one_line_and_once()
    {
        var failure = new DataProtectionException("FileNotFound", FailureKind.NotFound, $"\"{Hostile}\" does not exist.");
        Assert.Equal($"\"{Shown}\" does not exist.", failure.Message);
        Assert.Same(failure, failure.About(Hostile));
        Assert.Equal($"\"{Shown}\": It is empty.", new DataProtectionException("Empty", FailureKind.InvalidData, "It is empty.").About(Hostile).Message);
    }

    [Fact]
    public void Results_as_text_name_what_they_are_about_on_one_line()
    {
        var result = new LogIntegrityResult { File = Hostile, Kind = LogIntegrityFileKind.LogFile, Status = LogIntegrityStatus.Invalid, Reason = $"It was delivered as \"{Hostile}\"." };
        Assert.Equal(Hostile, result.File);
        Assert.Equal($"It was delivered as \"{Shown}\".", result.Reason);
        Assert.Equal($"Invalid: \"{Shown}\": It was delivered as \"{Shown}\".", result.ToString());

        var workflow = new AffectedWorkflow { WorkflowArn = Hostile, RoleArn = "r", KeyArn = "k", Path = Hostile, Reason = "" };
        Assert.Equal($"{Shown} ({Shown})", workflow.ToString());

        var record = KmsAuditEvent.Parse("""
            {"eventName":"Decrypt","eventTime":"2026-03-04T05:06:07Z","eventSource":"kms.amazonaws.com","errorCode":"a\nb","userIdentity":{"arn":"a\u001bb"}}
            """);
        Assert.Equal("a\nb", record.ErrorCode);
        Assert.Equal("2026-03-04T05:06:07Z Decrypt a\uFFFDb a\uFFFDb", record.ToString());
    }
}
