using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Tests.Audit.Queries;

/// <summary>A token of SQL as Trino reads it, read by the tests' own rules: nothing of this is in the code that writes SQL.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A word or mark as it stands; of a literal or quoted name, what it means.</param>
internal sealed partial record SqlToken(SqlTokenKind Kind, string Text)
{
    private static readonly string[] Marks = ["->", ">=", "<=", "=", "<", ">", "(", ")", "[", "]", ",", ".", "+"];

    /// <summary>The tokens of a text. What is no token is an error.</summary>
    public static IReadOnlyList<SqlToken> Read(string sql)
    {
        List<SqlToken> tokens = [];
        int at = 0;
        while (at < sql.Length)
        {
            string rest = sql[at..];
            if (char.IsWhiteSpace(rest[0]))
            {
                at++;
            }
            else if (rest.StartsWith("--", StringComparison.Ordinal))
            {
                int end = rest.IndexOf('\n', StringComparison.Ordinal);
                at += end < 0 ? rest.Length : end;
            }
            else if (rest.StartsWith("/*", StringComparison.Ordinal))
            {
                at += rest.IndexOf("*/", 2, StringComparison.Ordinal) + 2;
            }
            else if (rest.StartsWith("U&'", StringComparison.Ordinal))
            {
                string raw = Quoted(sql, at + 2, '\'', out at);
                tokens.Add(new SqlToken(SqlTokenKind.Literal, Unescape(raw)));
            }
            else if (rest[0] is '\'' or '"')
            {
                SqlTokenKind kind = rest[0] == '"' ? SqlTokenKind.QuotedName : SqlTokenKind.Literal;
                tokens.Add(new SqlToken(kind, Quoted(sql, at, rest[0], out at)));
            }
            else if (char.IsAsciiLetterOrDigit(rest[0]))
            {
                // A hyphen is a part of an event data store's id, which AWS writes without quotes.
                string word = Word().Match(rest).Value;
                tokens.Add(new SqlToken(SqlTokenKind.Word, word));
                at += word.Length;
            }
            else
            {
                string mark = Marks.FirstOrDefault(mark => rest.StartsWith(mark, StringComparison.Ordinal)) ?? throw new FormatException($"No token: {rest}");
                tokens.Add(new SqlToken(SqlTokenKind.Mark, mark));
                at += mark.Length;
            }
        }

        return tokens;
    }

    private static string Quoted(string sql, int start, char quote, out int end)
    {
        var text = new StringBuilder();
        for (int at = start + 1; at < sql.Length; at++)
        {
            if (sql[at] != quote)
            {
                text.Append(sql[at]);
            }
            else if (at + 1 < sql.Length && sql[at + 1] == quote)
            {
                text.Append(quote);
                at++;
            }
            else
            {
                end = at + 1;
                return text.ToString();
            }
        }

        throw new FormatException("A literal does not end.");
    }

    private static string Unescape(string raw)
    {
        var text = new StringBuilder();
        for (int at = 0; at < raw.Length; at++)
        {
            if (raw[at] != '\\')
            {
                text.Append(raw[at]);
            }
            else if (raw[at + 1] == '\\')
            {
                text.Append('\\');
                at++;
            }
            else
            {
                int start = raw[at + 1] == '+' ? at + 2 : at + 1;
                int length = raw[at + 1] == '+' ? 6 : 4;
                text.Append(char.ConvertFromUtf32(int.Parse(raw.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
                at = start + length - 1;
            }
        }

        return text.ToString();
    }

    [GeneratedRegex("^[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*")]
    private static partial Regex Word();
}
