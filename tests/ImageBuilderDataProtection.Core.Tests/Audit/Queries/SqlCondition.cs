using System.Collections;
using System.Text;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Queries;

/// <summary>
/// The condition of a SELECT statement, told of rows as Trino's documentation has its operators and functions: as much of them
/// as our queries use, and what is not here is an error. True, false or NULL, with SQL's logic of three values.
/// </summary>
internal sealed class SqlCondition
{
    private readonly IReadOnlyList<SqlToken> _tokens;
    private readonly Func<Scope, object?> _where;
    private int _at;

    private SqlCondition(string sql)
    {
        _tokens = SqlToken.Read(sql);
        while (!TakeWord("WHERE"))
        {
            _at++;
        }

        _where = Or();
        Require("ORDER");
    }

    /// <summary>The condition of a statement.</summary>
    public static SqlCondition Of(string sql) => new(sql);

    /// <summary>Whether a row with these columns is selected.</summary>
    public bool Selects(IReadOnlyDictionary<string, object?> row) => _where(new Scope(row)) is true;

    private static bool? And(bool? a, bool? b) => a == false || b == false ? false : a & b;

    private static bool? Or(bool? a, bool? b) => a == true || b == true ? true : a | b;

    private Func<Scope, object?> Or()
    {
        Func<Scope, object?> left = And();
        while (TakeWord("OR"))
        {
            (Func<Scope, object?> a, Func<Scope, object?> b) = (left, And());
            left = scope => Or((bool?)a(scope), (bool?)b(scope));
        }

        return left;
    }

    private Func<Scope, object?> And()
    {
        Func<Scope, object?> left = Not();
        while (TakeWord("AND"))
        {
            (Func<Scope, object?> a, Func<Scope, object?> b) = (left, Not());
            left = scope => And((bool?)a(scope), (bool?)b(scope));
        }

        return left;
    }

    private Func<Scope, object?> Not()
    {
        if (!TakeWord("NOT"))
        {
            return Comparison();
        }

        Func<Scope, object?> condition = Comparison();
        return scope => !(bool?)condition(scope);
    }

    private Func<Scope, object?> Comparison()
    {
        Func<Scope, object?> left = Primary();
        if (TakeWord("LIKE"))
        {
            Func<Scope, object?> pattern = Primary();
            string escape = TakeWord("ESCAPE") ? Next(SqlTokenKind.Literal) : "";
            return scope => left(scope) is string text && pattern(scope) is string like ? IsLike([.. text.EnumerateRunes()], ToPattern(like, escape)) : null;
        }

        if (TakeWord("IN"))
        {
            Require("(");
            List<Func<Scope, object?>> values = List(")");
            return scope => values.Aggregate((bool?)false, (found, value) => Or(found, Compare(left(scope), value(scope)) is { } order ? order == 0 : null));
        }

        if (TakeMark("+"))
        {
            Func<Scope, object?> right = Primary();
            return scope => (long?)left(scope) + (long?)right(scope);
        }

        if (TakeWord("IS"))
        {
            bool isNot = TakeWord("NOT");
            Require("NULL");
            return scope => left(scope) is null != isNot;
        }

        foreach ((string mark, Func<int, bool> holds) in new (string, Func<int, bool>)[] { ("=", static order => order == 0), (">=", static order => order >= 0), ("<=", static order => order <= 0), ("<", static order => order < 0), (">", static order => order > 0) })
        {
            if (TakeMark(mark))
            {
                Func<Scope, object?> right = Primary();
                return scope => Compare(left(scope), right(scope)) is { } order ? holds(order) : null;
            }
        }

        return left;
    }

    private static int? Compare(object? a, object? b) => (a, b) switch
    {
        (null, _) or (_, null) => null,
        (string text, string other) => string.CompareOrdinal(text, other),
        (long number, long other) => number.CompareTo(other),
        _ => throw new FormatException($"{a.GetType()} and {b.GetType()} cannot be compared."),
    };

    private Func<Scope, object?> Primary()
    {
        if (_tokens[_at].Kind == SqlTokenKind.Literal)
        {
            string text = Next(SqlTokenKind.Literal);
            return _ => text;
        }

        if (TakeMark("("))
        {
            Func<Scope, object?> inner = Or();
            Require(")");
            return inner;
        }

        bool isQuoted = _tokens[_at].Kind == SqlTokenKind.QuotedName;
        string word = Next(isQuoted ? SqlTokenKind.QuotedName : SqlTokenKind.Word);
        if (!isQuoted && long.TryParse(word, out long number))
        {
            return _ => number;
        }

        if (!isQuoted && word == "FALSE")
        {
            return _ => false;
        }

        if (word == "ARRAY")
        {
            Require("[");
            List<Func<Scope, object?>> items = List("]");
            return scope => items.Select(item => item(scope)).ToArray();
        }

        if (word == "CASE")
        {
            Require("WHEN");
            Func<Scope, object?> condition = Or();
            Require("THEN");
            Func<Scope, object?> value = Or();
            Require("END");
            return scope => condition(scope) is true ? value(scope) : null;
        }

        return TakeMark("(") ? Function(word) : Path(word);
    }

    private Func<Scope, object?> Path(string column)
    {
        List<string> fields = [];
        while (TakeMark("."))
        {
            fields.Add(Next(SqlTokenKind.Word));
        }

        return scope => fields.Aggregate(scope.Value(column), static (row, field) => row is null ? null : ((IReadOnlyDictionary<string, object?>)row)[field]);
    }

    private Func<Scope, object?> Function(string name)
    {
        if (name == "TRY_CAST")
        {
            Func<Scope, object?> value = Or();
            Require("AS");
            string type = string.Concat(TakeUntil(")"));
            Require(")");
            return scope => Cast((JToken?)value(scope), type);
        }

        Func<Scope, object?> first = Or();
        switch (name)
        {
            case "upper":
                Require(")");
                return scope => ((string?)first(scope))?.ToUpperInvariant();
            case "coalesce":
                Require(",");
                Func<Scope, object?> otherwise = Or();
                Require(")");
                return scope => first(scope) ?? otherwise(scope);
            case "strpos":
                Require(",");
                Func<Scope, object?> part = Or();
                Require(")");
                return scope => first(scope) is string whole && part(scope) is string wanted ? (long)whole.IndexOf(wanted, StringComparison.Ordinal) + 1 : null;
            case "split_part":
                Require(",");
                Func<Scope, object?> delimiter = Or();
                Require(",");
                Func<Scope, object?> index = Or();
                Require(")");
                return scope => first(scope) is string whole && delimiter(scope) is string mark && index(scope) is long number
                    ? whole.Split(mark).ElementAtOrDefault((int)number - 1)
                    : null;
            case "substr":
                Require(",");
                Func<Scope, object?> start = Or();
                Require(")");
                return scope => first(scope) is string whole && start(scope) is long from ? whole[((int)from - 1)..] : null;
            case "cardinality":
                Require(")");
                return scope => first(scope) is IReadOnlyCollection<KeyValuePair<string, JToken>> map ? (long)map.Count : null;
            case "json_extract":
                return Json(first, static found => found);
            case "json_extract_scalar":
                return Json(first, static found => found is JValue { Value: not null } scalar ? scalar.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
            case "any_match":
                Require(",");
                string item = Next(SqlTokenKind.Word);
                Func<Scope, object?> holds = Body();
                return scope => first(scope) is IEnumerable items
                    ? items.Cast<object?>().Aggregate((bool?)false, (found, value) => Or(found, (bool?)holds(scope.With(item, value))))
                    : null;
            case "map_filter":
                Require(",");
                Require("(");
                string key = Next(SqlTokenKind.Word);
                Require(",");
                string entry = Next(SqlTokenKind.Word);
                Require(")");
                Func<Scope, object?> keeps = Body();
                return scope => (first(scope) as Dictionary<string, JToken>)?.Where(pair => keeps(scope.With(key, pair.Key).With(entry, pair.Value)) is true).ToDictionary();
            default:
                throw new FormatException($"No function: {name}");
        }
    }

    private Func<Scope, object?> Body()
    {
        Require("->");
        Func<Scope, object?> body = Or();
        Require(")");
        return body;
    }

    private Func<Scope, object?> Json(Func<Scope, object?> text, Func<JToken?, object?> result)
    {
        Require(",");
        string path = Next(SqlTokenKind.Literal);
        Require(")");
        return scope => text(scope) is string json ? result(Extract(json, path)) : null;
    }

    // What is no JSON has nothing at any path.
    private static JToken? Extract(string json, string path)
    {
        try
        {
            return path.Split('.').Skip(1).Aggregate((JToken?)StrictJson.ParseObject($"{{\"$\":{json}}}", "It", int.MaxValue)["$"], static (token, name) => (token as JObject)?[name]);
        }
        catch (DataProtectionException)
        {
            return null;
        }
    }

    private static object? Cast(JToken? json, string type) => type switch
    {
        "map(varchar,json)" => (json as JObject)?.Properties().ToDictionary(static pair => pair.Name, static pair => pair.Value),
        "varchar" => json is JValue { Type: JTokenType.String } text ? (string?)text : null,
        _ => throw new FormatException($"No type: {type}"),
    };

    private static List<Rune?> ToPattern(string like, string escape)
    {
        List<Rune?> pattern = [];
        Rune[] runes = [.. like.EnumerateRunes()];
        for (int i = 0; i < runes.Length; i++)
        {
            string rune = runes[i].ToString();
            if (rune == escape)
            {
                pattern.Add(runes[++i].ToString() is "%" or "_" or @"\" ? runes[i] : throw new FormatException("An escape of nothing."));
            }
            else
            {
                pattern.Add(rune switch { "%" => null, "_" => new Rune(0x10FFFF), _ => runes[i] });
            }
        }

        return pattern;
    }

    // In a pattern null is any characters, and the last character of all is any one.
    private static bool IsLike(Rune[] text, List<Rune?> pattern)
    {
        HashSet<int> ends = [0];
        foreach (Rune? part in pattern)
        {
            ends = part is null
                ? [.. Enumerable.Range(ends.Count == 0 ? text.Length + 1 : ends.Min(), ends.Count == 0 ? 0 : text.Length + 1 - ends.Min())]
                : [.. ends.Where(end => end < text.Length && (part.Value.Value == 0x10FFFF || text[end] == part)).Select(static end => end + 1)];
        }

        return ends.Contains(text.Length);
    }

    private List<Func<Scope, object?>> List(string end)
    {
        List<Func<Scope, object?>> items = [Or()];
        while (TakeMark(","))
        {
            items.Add(Or());
        }

        Require(end);
        return items;
    }

    private IEnumerable<string> TakeUntil(string end)
    {
        for (int depth = 0; depth > 0 || _tokens[_at].Text != end; _at++)
        {
            depth += _tokens[_at].Text == "(" ? 1 : _tokens[_at].Text == ")" ? -1 : 0;
            yield return _tokens[_at].Text;
        }
    }

    private bool TakeWord(string word) => Take(SqlTokenKind.Word, word);

    private bool TakeMark(string mark) => Take(SqlTokenKind.Mark, mark);

    private bool Take(SqlTokenKind kind, string text)
    {
        bool isThis = _at < _tokens.Count && _tokens[_at] == new SqlToken(kind, text);
        _at += isThis ? 1 : 0;
        return isThis;
    }

    private void Require(string text)
    {
        if (!TakeMark(text) && !TakeWord(text))
        {
            throw new FormatException($"\"{text}\" is not there, but: {string.Join(' ', _tokens.Skip(_at).Take(5).Select(static token => token.Text))}");
        }
    }

    private string Next(SqlTokenKind kind) =>
        _tokens[_at].Kind == kind ? _tokens[_at++].Text : throw new FormatException($"No {kind}: {_tokens[_at].Text}");

    /// <summary>What names mean: the variables of lambdas, the last one first, then the columns.</summary>
    private sealed record Scope(IReadOnlyDictionary<string, object?> Row, Scope? Outer = null, string? Name = null, object? Variable = null)
    {
        public Scope With(string name, object? value) => new(Row, this, name, value);

        public object? Value(string name) => name == Name ? Variable : Outer is null ? Row[name] : Outer.Value(name);
    }
}
