using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

public class RecordScannerTests
{
    // As CloudTrail, the AWS CLI, Python's json.dumps and ConvertTo-Json write lists.
    [Theory]
    [InlineData("{\"Records\":[", ",", "]}", Formatting.None)]
    [InlineData("{\"Records\": [", ", ", "]}", Formatting.None)]
    [InlineData("{\n    \"Records\": [\n        ", ",\n        ", "\n    ]\n}", Formatting.Indented)]
    [InlineData("[\r\n  ", ",\r\n  ", "\r\n]", Formatting.Indented)]
    [InlineData("", "\n", "", Formatting.None)]
    [InlineData("", "\n  ", "", Formatting.None)]
    public void Records_that_cannot_matter_are_not_given_however_the_list_is_laid_out(string start, string between, string end, Formatting formatting)
    {
        string wanted = JObject.Parse(Examples.Decrypt).ToString(formatting);
        string other = wanted.Replace("kms.amazonaws.com", "s3.amazonaws.com", StringComparison.Ordinal).Replace("aws:imagebuilder:arn", "purpose", StringComparison.Ordinal);
        byte[] list = Encoding.UTF8.GetBytes(start + string.Join(between, [.. Enumerable.Repeat(other, 50), wanted, .. Enumerable.Repeat(other, 50)]) + end);
        foreach (bool isVouchedFor in new[] { false, true })
        {
            var scanner = new RecordScanner(AuditLimits.RecordBytes, new CandidateTest(new AuditFilter()), isVouchedFor);
            var given = new List<long>();
            for (int position = 0; scanner.Next(list, ref position, mayGrow: false, out ScannedRecord found);)
            {
                Assert.Null(found.ErrorId);
                given.Add(found.Number);
            }

            Assert.Null(scanner.End());
            Assert.Equal([51], given);
        }
    }

    [Theory]
    [InlineData("R\nMR\nMR\n", 3)]
    [InlineData("MR\n\nM \nR\r\nMMR", 3)]
    [InlineData("MR\nRMR", 3)]
    [InlineData("{\"Records\":[R,R]}M{\"Records\":[R]}\nM[R]M\n[R]\nMR", 6)]
    public void A_byte_order_mark_between_what_was_joined_is_passed_over(string layout, int count)
    {
        foreach (Formatting formatting in Enum.GetValues<Formatting>())
        {
            byte[] text = Encoding.UTF8.GetBytes(layout.Replace("M", "\uFEFF", StringComparison.Ordinal).Replace("Records", "\0", StringComparison.Ordinal)
                .Replace("R", JObject.Parse(Examples.Decrypt).ToString(formatting), StringComparison.Ordinal).Replace("\0", "Records", StringComparison.Ordinal));
            foreach (int step in new[] { 1, 2, 4, 1000, text.Length })
            {
                Assert.All(Scan(text, step, out long given), static problem => Assert.Fail(problem));
                Assert.Equal(count, given);
            }
        }
    }

    [Theory]
    [InlineData("1 R\n2R\nMR", "InvalidAuditRecord: record 1, line 1 does", "InvalidAuditRecord: record 3, line 2 does")]
    [InlineData("12R\nR", "InvalidAuditRecord: record 1, line 1 does")]
    [InlineData("R\n1", "AuditFileTruncated: record 2, line 2 is missing: the file ends inside a byte order mark")]
    [InlineData("[R,MR]", "InvalidAuditRecord: record 2, line 1 does")]
    public void A_part_of_a_mark_and_a_mark_in_a_list_are_told(string layout, params string[] told)
    {
        byte[] text =
        [
            .. layout.SelectMany(static part => part switch
            {
                '1' => [0xef],
                '2' => [0xbb],
                'M' => "\uFEFF"u8.ToArray(),
                'R' => Encoding.UTF8.GetBytes(JObject.Parse(Examples.Decrypt).ToString(Formatting.None)),
                _ => new[] { (byte)part },
            }),
        ];
        foreach (int step in new[] { 1, 2, text.Length })
        {
            string[] problems = Scan(text, step, out long given);
            Assert.Equal(told.Length, problems.Length);
            Assert.All(problems.Zip(told), static pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
            Assert.Equal(layout.Count(static part => part == 'R'), given);
        }
    }

    // What is wrong, when the bytes come a few at a time.
    private static string[] Scan(byte[] text, int step, out long given)
    {
        var scanner = new RecordScanner(AuditLimits.RecordBytes);
        var problems = new List<ScannedRecord>();
        given = 0;
        int position = 0;
        for (int end = Math.Min(step, text.Length); position < text.Length; end = Math.Min(end + step, text.Length))
        {
            while (scanner.Next(text.AsMemory(0, end), ref position, mayGrow: false, out ScannedRecord found))
            {
                given += found.ErrorId is null ? 1 : 0;
                problems.AddRange(found.ErrorId is null ? [] : new[] { found });
            }
        }

        problems.AddRange(scanner.End() is { } unsaid ? [unsaid] : []);
        return [.. problems.Select(static problem => $"{problem.ErrorId}: record {problem.Number}, line {problem.Line} {problem.Problem}")];
    }
}
