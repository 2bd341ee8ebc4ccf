using System.Globalization;
using System.Text;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Tells by a record's bytes alone whether it may be one that a filter wants, so that the others need not be read. It never
/// says no to one that is wanted: what a filter asks for stands in the record as plain text or is spelled with escapes, and a
/// record with escapes that could spell it is a candidate.
/// </summary>
internal sealed class CandidateTest
{
    private static readonly Needle LakeColumn = new(RecordForm.LakeColumn, ignoreCase: true);

    // Each search of a record costs about as much as the reading of a short one: of a longer list, the record's reader looks up what is wanted.
    private const int MaxNeedles = 16;

    // Of each list one must stand in the record; of the first ones, unless it is of a refused call that names no workflow and is counted.
    private readonly List<Needle[]> _workflowLists = [];
    private readonly List<Needle[]> _lists = [];
    private readonly List<NamedValue> _values = [];
    private readonly bool[] _canSpell = new bool[128];

    // As a name it begins with a quote; in the policies that KMS's records hold, other words stand before it.
    private static Needle ContextName => new('"' + EncryptionContext.WorkflowArnKey, ignoreCase: true);

    private static ReadOnlySpan<byte> ErrorCode => "errorCode"u8;

    private static ReadOnlySpan<byte> Parameters => "requestParameters"u8;

    private static ReadOnlySpan<byte> NumberedEscape => "\\u"u8;

    /// <param name="filter">What is wanted.</param>
    public CandidateTest(AuditFilter filter)
    {
        AllowSpelling([(char)0x5c, .. Encoding.ASCII.GetString(RecordNeedles.KmsSource)]);
        if (filter.NeedsWorkflow)
        {
            bool mayBeHidden = filter.Workflows.Count == 0 || filter.Workflows.Any(static pattern => pattern.AsksForHidden);
            Require(_workflowLists, mayBeHidden ? [ContextName, new Needle(KmsAuditEvent.Hidden, ignoreCase: false)] : [ContextName]);
        }

        Require(_workflowLists, filter.Workflows.Select(LongestLiteral), ignoreCase: true);
        if (_workflowLists.Count > 0)
        {
            AllowSpelling(Encoding.ASCII.GetString([.. ErrorCode, .. Parameters]));
        }

        Require("requestID", filter.RequestIds);
        Require("eventID", filter.EventIds);
        Require("eventName", filter.EventNames);
        Require(_lists, filter.Region is { } region ? [region] : [], ignoreCase: true);
        Require(_lists, filter.Key is { } key ? [key.Resource] : [], ignoreCase: false);
        Require(_lists, filter.DeniedOnly ? [Encoding.ASCII.GetString(ErrorCode)] : [], ignoreCase: false);
        Require(_lists, filter.Principals.Select(LongestLiteral), ignoreCase: true);
        Require(_lists, filter.InvokedBy.Select(LongestLiteral), ignoreCase: true);
    }

    /// <summary>Whether the record may be wanted.</summary>
    /// <param name="record">Its bytes.</param>
    /// <param name="traits">What is known to stand in them.</param>
    public bool MayMatch(ReadOnlySpan<byte> record, RecordTraits traits)
    {
        // A row without the column holds no record, and that is told whatever is wanted.
        if (record[0] == '[' && !LakeColumn.IsIn(record))
        {
            return true;
        }

        if ((traits & RecordTraits.EscapedCharacters) != 0 && SpellsWhatIsWanted(record))
        {
            return true;
        }

        if ((traits & RecordTraits.NamesKms) == 0)
        {
            return false;
        }

        foreach (NamedValue value in _values)
        {
            if (!value.IsIn(record))
            {
                return false;
            }
        }

        return StandIn(_lists, record) && (StandIn(_workflowLists, record) || MayBeRefusedWithoutParameters(record));
    }

    // Of CloudTrail's own records, whose parameters stand in no other element (AuditFilter.MayMatch).
    private static bool MayBeRefusedWithoutParameters(ReadOnlySpan<byte> record)
    {
        if (record.IndexOf(ErrorCode) < 0)
        {
            return false;
        }

        int name = record.IndexOf(Parameters);
        return name < 0 || record[(name + Parameters.Length)..].TrimStart(NamedValue.BeforeValue) is not [(byte)'{', ..];
    }

    private static bool StandIn(List<Needle[]> lists, ReadOnlySpan<byte> record)
    {
        foreach (Needle[] list in lists)
        {
            if (!StandsIn(list, record))
            {
                return false;
            }
        }

        return true;
    }

    private static bool StandsIn(Needle[] list, ReadOnlySpan<byte> record)
    {
        foreach (Needle needle in list)
        {
            if (needle.IsIn(record))
            {
                return true;
            }
        }

        return false;
    }

    private static string LongestLiteral(AuditPattern pattern) => pattern.Literals.MaxBy(static literal => literal.Length) ?? "";

    // What is not ASCII, or may stand in JSON behind a backslash, has several spellings; the longest stretch between is looked for.
    private static string LongestPlain(string text)
    {
        string plain = new([.. text.Select(static value => IsPlain(value) ? value : '\0')]);
        return plain.Split('\0').MaxBy(static stretch => stretch.Length)!;
    }

    private static bool IsPlain(char value) => value is > (char)0x1f and < (char)0x7f and not ('"' or '/' or (char)0x5c);

    private void Require(string name, IReadOnlyList<string> oneOf)
    {
        if (oneOf.Count > 0 && oneOf.All(static text => text.All(IsPlain) && NamedValue.CanFind(text)))
        {
            var value = new NamedValue(name, oneOf);
            _values.Add(value);
            AllowSpelling(value.Characters);
        }
    }

    private void Require(List<Needle[]> lists, IEnumerable<string> oneOf, bool ignoreCase)
    {
        string[] texts = [.. oneOf.Select(LongestPlain)];
        if (texts.Length is > 0 and <= MaxNeedles && texts.All(static text => text.Length > 0))
        {
            Require(lists, [.. texts.Select(text => new Needle(text, ignoreCase))]);
        }
    }

    private void Require(List<Needle[]> lists, Needle[] oneOf)
    {
        lists.Add(oneOf);
        AllowSpelling(oneOf.SelectMany(static needle => needle.Characters));
    }

    private void AllowSpelling(IEnumerable<char> characters)
    {
        foreach (char character in characters)
        {
            _canSpell[character] = true;
        }
    }

    // Escapes of what nothing wanted has in it, such as \u003c, change nothing. A record inside a string has its backslashes doubled.
    private bool SpellsWhatIsWanted(ReadOnlySpan<byte> record)
    {
        for (int at = record.IndexOf(NumberedEscape); at >= 0; at = record.IndexOf(NumberedEscape))
        {
            record = record[(at + NumberedEscape.Length)..];
            if (record.Length >= 4
                && (!ushort.TryParse(record[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value) || (value < _canSpell.Length && _canSpell[value])))
            {
                return true;
            }
        }

        return false;
    }
}
