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
}
