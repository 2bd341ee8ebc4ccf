using ImageBuilderDataProtection.Audit.Integrity;

namespace ImageBuilderDataProtection.Tests.Audit.Integrity;

public class NamedLogsTests
{
    [Fact]
    public void What_digest_files_without_proof_name_is_held_up_to_a_number_and_what_proven_ones_name_is_held_all()
    {
        var logs = new NamedLogs();
        int taken = 0;
        logs.AddUnproven(Enumerable.Range(0, NamedLogs.MaxUnproven - 1).Select(Next), "first");
        logs.AddUnproven(Enumerable.Range(NamedLogs.MaxUnproven - 1, 10).Select(Next), "second");
        Assert.Equal(("first", "second"), (logs.UnprovenDigestOf("0"), logs.UnprovenDigestOf($"{NamedLogs.MaxUnproven - 1}")));
        Assert.Null(logs.UnprovenDigestOf($"{NamedLogs.MaxUnproven}"));
        Assert.Equal(NamedLogs.MaxUnproven, taken);

        logs.Add("proven");
        Assert.True(logs.IsProven("proven"));

        string Next(int number)
        {
            taken++;
            return $"{number}";
        }
    }
}
