using System.Buffers;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Cuts a stream into records without reading it as a whole: a list under <c>Records</c>, <c>Events</c> (LookupEvents) or
/// <c>QueryResultRows</c> (CloudTrail Lake), an array of records or of their texts as strings, or records one after the other (JSON
/// lines, a single record, over one line or several). Records that cannot matter are leapt over (<see cref="RecordLeap"/>); one that stands whole in the bytes at hand and
/// looks sound is cut out by its <see cref="RecordOutline"/>; every other is followed byte by byte, by its strings and brackets, and
/// at most one is held. <c>{"eventVersion"</c>, with which CloudTrail begins every record, always begins one: it cannot stand inside a
/// JSON string, and no record holds another but as a value with a name, so one that seems to is damaged. What is not JSON is told once, and the scan
/// goes on at the next such beginning or, among records that stand one after the other, at a <c>{</c> that begins a line.
/// </summary>
/// <param name="maxRecordBytes">The size limit of a record.</param>
/// <param name="candidates">Tells which records need not be given; null for none.</param>
/// <param name="isVouchedFor">
/// Whether a checksum stands over the bytes. Then no accident can have changed them unseen, and the records of a list that cannot
/// matter are leapt over instead of looked at for damage.
/// </param>
internal sealed class RecordScanner(int maxRecordBytes, CandidateTest? candidates = null, bool isVouchedFor = false)
{
    /// <summary>Brackets may nest as deep as the bits of the stack go; the JSON reader's own limit is the same.</summary>
    private const int MaxDepth = RecordOutline.MaxDepth;

    private const byte Literal = (byte)'0';

    /// <summary>How many bytes tell whether a record begins here, some white space included.</summary>
    private const int MinBytesToTell = 64;

    private static readonly SearchValues<byte> EventfulInString =
        SearchValues.Create([(byte)'"', (byte)'\\', (byte)'{', .. Enumerable.Range(0, 0x20).Select(static value => (byte)value)]);

    private static readonly SearchValues<byte> StatusLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"u8);

    private readonly ArrayBufferWriter<byte> _record = new(4096);
    private Place _place = Place.Top;
    private bool _isInArray;
    private bool _isBareArray;
    private bool _isTooLarge;
    private bool _isTooLargeTold;
    private bool _sawList;

    // Where something was told outside a list, it may have been a list's beginning; what stands between and after its records is no
    // further damage.
    private bool _isBeginningLost;
    private ScannedRecord _found;
    private ScannedRecord? _next;
    private bool _wasUnfinished;
    private bool _isCommaDue;
    private bool _isAtLineStart = true;
    private bool _sawAnything;
    private long _line = 1;
    private long _number;
    private long _recordLine;
    private int _depth;
    private ulong _arrays;
    private bool _isInString;
    private bool _isEscaped;
    private byte _previous;
    private byte _before;
    private bool _isNamed;
    private int _matched;
    private long _matchedLine;

    private enum Place
    {
        /// <summary>Before a record, or a list of records.</summary>
        Top,

        /// <summary>In a list, before a record or the list's end.</summary>
        List,

        Record,

        /// <summary>After the list, in the object that holds it.</summary>
        AfterList,

        /// <summary>After something that is not JSON, before the next record.</summary>
        Lost,
    }

    /// <summary>The names under which lists of records stand.</summary>
    private static ReadOnlySpan<byte> RecordsName => "\"Records\""u8;

    private static ReadOnlySpan<byte> EventsName => "\"Events\""u8;

    private static ReadOnlySpan<byte> RowsName => "\"QueryResultRows\""u8;

    private static ReadOnlySpan<byte> StatusName => "\"QueryStatus\""u8;

    private static ReadOnlySpan<byte> Finished => "FINISHED\""u8;

    /// <summary>Finds the next record, or what is wrong.</summary>
    /// <param name="window">The bytes at hand, which go on where those that were passed before ended.</param>
    /// <param name="position">How far in them the scan has come.</param>
    /// <param name="mayGrow">
    /// Whether the caller can bring the bytes from the position on again, with more after them. A record that does not end here is
    /// then left for that.
    /// </param>
    /// <param name="found">What was found; the bytes of a record are valid until the next call or change of the window.</param>
    /// <returns>False when more bytes are needed.</returns>
    public bool Next(ReadOnlyMemory<byte> window, ref int position, bool mayGrow, out ScannedRecord found)
    {
        ReadOnlySpan<byte> bytes = window.Span;
        while (true)
        {
            if (_next is { } next)
            {
                _next = null;
                found = next;
                return true;
            }

            if (_place is Place.Top or Place.List && position < bytes.Length)
            {
                switch (CutOut(window, ref position, mayGrow))
                {
                    case OutlineFinding.Whole:
                        found = _found;
                        return true;
                    case OutlineFinding.Passed:
                        continue;
                    case OutlineFinding.Unfinished:
                        found = default;
                        return false;
                }
            }

            int dull = SkipDull(bytes[position..]);
            position += dull;
            if (position == bytes.Length)
            {
                found = default;
                return false;
            }

            // Behind the space a record may begin that can be cut out.
            if (dull > 0 && _place is Place.Top or Place.List)
            {
                continue;
            }

            if (Follow(bytes[position++]))
            {
                found = _found;
                return true;
            }
        }
    }

    /// <summary>What the end of the file leaves unsaid; null when it ended as it should.</summary>
    public ScannedRecord? End() => _place switch
    {
        Place.Record => Error("AuditFileTruncated", "is not complete: the file ends inside it"),
        Place.List or Place.AfterList => Error("AuditFileTruncated", "was the last: the file ends before the list of records does"),
        Place.Top when !_sawAnything => Error("AuditFileTruncated", "is missing: the file is empty"),
        _ => null,
    };

    // Takes the record that begins here, when all of it is at hand and nothing about it is odd; one that cannot matter is passed.
    private OutlineFinding CutOut(ReadOnlyMemory<byte> window, ref int position, bool mayGrow)
    {
        Leap(window.Span, ref position);
        ReadOnlySpan<byte> rest = window.Span[position..];
        bool isInList = _place == Place.List;

        // What mostly stands between two records.
        int start = rest.Length > 1 && rest[0] == (isInList ? (byte)',' : (byte)'\n') ? 1 : 0;
        if ((rest[start] != '{' && !(isInList && rest[start] == '[')) || (isInList && _isCommaDue && start == 0))
        {
            return OutlineFinding.Damaged;
        }

        // Outside a list it may be the object that holds one.
        bool isRecord = isInList || RecordNeedles.StartsRecord(rest[start..]);
        RecordOutline outline = isRecord ? RecordOutline.Find(rest[start..], isInList) : default;
        if (outline.Finding == OutlineFinding.Unfinished)
        {
            // Once is enough: bytes that come a few at a time would be looked at again and again.
            _wasUnfinished = mayGrow && !_wasUnfinished && (isRecord || rest.Length - start < MinBytesToTell);
            return _wasUnfinished ? OutlineFinding.Unfinished : OutlineFinding.Damaged;
        }

        _wasUnfinished = false;
        if (outline.Finding == OutlineFinding.Damaged)
        {
            return OutlineFinding.Damaged;
        }

        ReadOnlyMemory<byte> record = window.Slice(position + start, outline.Length);
        Pass(1);
        _line += isInList ? 0 : start;
        _recordLine = _line;
        _line += (outline.Traits & RecordTraits.OddCharacters) != 0 ? record.Span.Count((byte)'\n') : 0;
        position += start + outline.Length;
        _found = new ScannedRecord(_number, _recordLine, record);
        return candidates is null || candidates.MayMatch(record.Span, outline.Traits) ? OutlineFinding.Whole : OutlineFinding.Passed;
    }

    // Goes on to the first record of the list that may matter, or is to be looked at closely.
    private void Leap(ReadOnlySpan<byte> window, ref int position)
    {
        if (!isVouchedFor || candidates is null || _place != Place.List)
        {
            return;
        }

        ReadOnlySpan<byte> rest = window[position..];
        int start = rest is [(byte)',', ..] ? 1 : 0;
        while (rest[start..].StartsWith(RecordNeedles.RecordStart))
        {
            RecordLeap leap = RecordLeap.Over(rest[start..]);
            bool isPassed = leap.Length > 0 && !candidates.MayMatch(rest.Slice(start + leap.Start, leap.Length), leap.Traits);
            int passed = leap.Passed + (isPassed ? 1 : 0);
            if (passed == 0)
            {
                return;
            }

            Pass(passed);
            _wasUnfinished = false;

            // The last one is left with the comma after it.
            int length = start + leap.Start + (isPassed ? leap.Length : -1);
            position += length;
            rest = rest[length..];
            start = 1;
            if (!isPassed)
            {
                return;
            }
        }
    }

    private void Pass(int records)
    {
        _number += records;
        _sawAnything = true;
        _isAtLineStart = false;
        _matched = 0;
        _before = (byte)'}';
        _isCommaDue = true;
    }

    // One byte of what is followed closely. True when that brings something to tell.
    private bool Follow(byte value)
    {
        bool isRecordStart = FollowRecordStart(value);
        bool isTold = Take(value);
        if (isRecordStart && LoseWhatHoldsRecord(out ScannedRecord lost))
        {
            _next = isTold ? lost : null;
            _found = isTold ? _found : lost;
            isTold = true;
        }

        if (_place == Place.Lost)
        {
            FindWayBack(value, isRecordStart);
        }

        _isAtLineStart = value == '\n';
        _line += value == '\n' ? 1 : 0;
        _before = IsWhiteSpace(value) ? _before : value;
        return isTold;
    }

    private static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    // Passes over what changes nothing: the text of a string, what is lost, and the space between records. It is most of a trail.
    private int SkipDull(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        if (_place == Place.Record && _isInString && !_isEscaped && _matched <= 1)
        {
            length = bytes.IndexOfAny(EventfulInString);
        }
        else if (_place == Place.Lost && _matched == 0)
        {
            length = bytes.IndexOfAny((byte)'{', (byte)'\n');
        }
        else if (_place is Place.Top or Place.List)
        {
            length = bytes.IndexOfAnyExcept(" \t\r"u8);
        }

        length = length < 0 ? bytes.Length : length;
        if (length > 0)
        {
            // Of the start of a record only the white space after its bracket may stand here.
            _matched = _matched == 1 && bytes[..length].IndexOfAnyExcept(" \t\r"u8) < 0 ? 1 : 0;
            _isAtLineStart = false;
            _before = bytes[..length].TrimEnd(" \t\r\n"u8) is [.., var last] ? last : _before;
            if (_place == Place.Record)
            {
                Append(bytes[..length]);
            }
        }

        return length;
    }

    private bool Take(byte value)
    {
        _sawAnything |= !IsWhiteSpace(value);
        switch (_place)
        {
            case Place.Record:
                return TakeInRecord(value);
            case Place.AfterList:
                TakeAfterList(value);
                return false;
            case Place.Lost:
                return false;
            default:
                return TakeBetweenRecords(value);
        }
    }

    private bool TakeBetweenRecords(byte value)
    {
        if (IsWhiteSpace(value) || (value == ',' && _place == Place.List))
        {
            _isCommaDue &= value != ',';
            return false;
        }

        switch (value)
        {
            case (byte)'{':
            case (byte)'[' when _place == Place.List:
                BeginRecord(_line);
                Append([value]);
                Push(value);
                return false;
            case (byte)'"' when _place == Place.List && !_isCommaDue:
                BeginRecord(_line);
                Append([value]);
                _isInString = true;
                return false;
            case (byte)'[' when _place == Place.Top:
                _isInArray = true;
                _isBareArray = true;
                _isCommaDue = false;
                _sawList = true;
                _place = Place.List;
                return false;
            case (byte)']' when _place == Place.List:
                EndList();
                return false;
            case (byte)',' when _sawList:
                _found = LoseEndOfList();
                _place = Place.List;
                return true;
            case (byte)',' or (byte)']' or (byte)'}' when _isBeginningLost && _place == Place.Top:
                return false;
            default:
                _number++;
                _recordLine = _line;
                return TellLost((value is > 0x20 and < 0x7f ? $"begins with '{(char)value}', not with '{{'" : "does not begin with '{'") + ", as records and lists of them do");
        }
    }

    private bool TakeInRecord(byte value)
    {
        Append([value]);
        bool isNewlyTooLarge = _isTooLarge && !_isTooLargeTold;
        if (isNewlyTooLarge)
        {
            _isTooLargeTold = true;
            _found = Error("AuditRecordTooLarge", $"is larger than {maxRecordBytes} bytes");
        }

        if (_isInString)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
            }
            else if (value == '\\')
            {
                _isEscaped = true;
            }
            else if (value == '"')
            {
                _isInString = false;
                _previous = value;
                return _depth == 0 ? EndRecord(isNewlyTooLarge) : isNewlyTooLarge;
            }
            else if (value < 0x20)
            {
                return TellLost("has a line break or control character in a string");
            }

            return isNewlyTooLarge;
        }

        if (IsWhiteSpace(value))
        {
            return isNewlyTooLarge;
        }

        if (!IsExpected(value))
        {
            return TellLost($"is not JSON: {(value is > 0x20 and < 0x7f ? $"'{(char)value}'" : $"the byte 0x{value:X2}")} cannot stand on line {_line}");
        }

        switch (value)
        {
            case (byte)'"':
                _isInString = true;
                return isNewlyTooLarge;
            case (byte)'[' when _depth == 1 && !_isInArray && IsListName():
                _isInArray = true;
                _isBareArray = false;
                _isCommaDue = false;
                _sawList = true;
                _number--;
                _place = Place.List;
                return isNewlyTooLarge || TellUnfinishedQuery();
            case (byte)'{' or (byte)'[':
                Push(value);
                return isNewlyTooLarge;
            case (byte)'}' or (byte)']':
                _depth--;
                _arrays >>= 1;
                _previous = value;
                return _depth == 0 ? EndRecord(isNewlyTooLarge) : isNewlyTooLarge;
            default:
                _previous = value is (byte)':' or (byte)',' ? value : Literal;
                return isNewlyTooLarge;
        }
    }

    // Enough of the grammar to see that a record is broken; the JSON reader judges what passes.
    private bool IsExpected(byte value)
    {
        bool isInArray = (_arrays & 1) != 0;
        bool isAfterValue = _previous is (byte)'"' or (byte)'}' or (byte)']' or Literal;
        bool isValueNext = _previous == ':' || (isInArray && _previous is (byte)'[' or (byte)',');
        return value switch
        {
            (byte)'}' => !isInArray && _previous is not ((byte)',' or (byte)':'),
            (byte)']' => isInArray && _previous != ',',
            (byte)':' => !isInArray && _previous == '"',
            (byte)',' => isAfterValue,
            (byte)'"' => isValueNext || (!isInArray && _previous is (byte)'{' or (byte)','),
            (byte)'{' or (byte)'[' => isValueNext && _depth < MaxDepth,
            _ => (isValueNext || _previous == Literal) && (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'+' or (byte)'.'),
        };
    }

    private void TakeAfterList(byte value)
    {
        if (_isInString)
        {
            _isInString = _isEscaped || value != '"';
            _isEscaped = !_isEscaped && value == '\\';
            return;
        }

        _isInString = value == '"';
        _depth += value is (byte)'{' or (byte)'[' ? 1 : value is (byte)'}' or (byte)']' ? -1 : 0;
        if (_depth == 0)
        {
            _place = Place.Top;
        }
    }

    private void FindWayBack(byte value, bool isRecordStart)
    {
        if (isRecordStart)
        {
            BeginRecord(_matchedLine);
            Append(RecordNeedles.RecordStart);
            Push((byte)'{');
            _previous = (byte)'"';
        }
        else if (value == '{' && _isAtLineStart && !_isInArray)
        {
            BeginRecord(_line);
            Append([value]);
            Push(value);
        }
    }

    // Follows the bytes of {"eventVersion" wherever they stand; white space may follow the bracket. As the value of a name they begin
    // no record.
    private bool FollowRecordStart(byte value)
    {
        if (_matched == 1 && IsWhiteSpace(value))
        {
            return false;
        }

        _matched = value == RecordNeedles.RecordStart[_matched] ? _matched + 1 : value == '{' ? 1 : 0;
        _matchedLine = _matched == 1 ? _line : _matchedLine;
        _isNamed = _matched == 1 ? _before == ':' && (_isInArray || !_isAtLineStart) : _isNamed;
        if (_matched < RecordNeedles.RecordStart.Length)
        {
            return false;
        }

        _matched = 0;
        return !_isNamed;
    }

    // The text so far ends with the list's bracket; other elements may stand before it.
    private bool IsListName()
    {
        ReadOnlySpan<byte> before = _record.WrittenSpan[..^1].TrimEnd(" \t\r\n"u8);
        before = before is [.., (byte)':'] ? before[..^1].TrimEnd(" \t\r\n"u8) : default;
        return before.EndsWith(RecordsName) || before.EndsWith(EventsName) || before.EndsWith(RowsName);
    }

    // CloudTrail Lake's answer for a query that runs or has failed has some of the rows, or none ("GetQueryResults" in the AWS
    // CloudTrail API Reference); the status stands before them. True when that is to be told.
    private bool TellUnfinishedQuery()
    {
        ReadOnlySpan<byte> before = _record.WrittenSpan;
        int place = before.IndexOf(StatusName);
        ReadOnlySpan<byte> value = place < 0 ? default : before[(place + StatusName.Length)..].TrimStart(" \t\r\n:\""u8);
        int length = Math.Max(0, value.IndexOfAnyExcept(StatusLetters));
        if (length == 0 || value[length] != '"' || value.StartsWith(Finished))
        {
            return false;
        }

        _found = Error("AuditQueryUnfinished", $"is of a query with the status {Encoding.UTF8.GetString(value[..length])}, of which not all rows are here");
        return true;
    }

    private void BeginRecord(long line)
    {
        _record.ResetWrittenCount();
        _place = Place.Record;
        _number++;
        _recordLine = line;
        _isTooLarge = false;
        _isTooLargeTold = false;
        _depth = 0;
        _arrays = 0;
        _isInString = false;
        _isEscaped = false;
    }

    // True when there is something to tell of it.
    private bool EndRecord(bool isNewlyTooLarge)
    {
        _place = _isInArray ? Place.List : Place.Top;
        _isCommaDue = true;
        if (_isTooLarge)
        {
            return isNewlyTooLarge;
        }

        _found = new ScannedRecord(_number, _recordLine, _record.WrittenMemory);
        return true;
    }

    private void EndList()
    {
        _isInArray = false;
        _isCommaDue = false;
        _depth = 1;
        _isInString = false;
        _place = _isBareArray ? Place.Top : Place.AfterList;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _isTooLarge |= bytes.Length > maxRecordBytes - _record.WrittenCount;
        if (!_isTooLarge)
        {
            _record.Write(bytes);
        }
    }

    private void Push(byte bracket)
    {
        _depth++;
        _arrays = (_arrays << 1) | (bracket == '[' ? 1UL : 0);
        _previous = bracket;
    }

    // At the beginning of a record: what it stands in by the brackets is damaged. True when that is to be told.
    private bool LoseWhatHoldsRecord(out ScannedRecord lost)
    {
        lost = default;
        if (_place == Place.AfterList)
        {
            lost = LoseEndOfList();
            return true;
        }

        // At depth 1 it is the record's own beginning.
        if (_place != Place.Record || _depth == 1)
        {
            return false;
        }

        // The array around it may be the list under a damaged name; records with commas between them may follow.
        _sawList |= (_arrays & 2) != 0;
        lost = Lose($"is not complete: another record begins inside it, on line {_matchedLine}");
        return !_isTooLargeTold;
    }

    // A list ends with its file; this one only seemed to, by what is damaged before.
    private ScannedRecord LoseEndOfList()
    {
        _isInArray = true;
        return Lose("is not the last, but the list of records ends after it");
    }

    private bool TellLost(string problem)
    {
        _found = Lose(problem);
        return true;
    }

    private ScannedRecord Lose(string problem)
    {
        _isBeginningLost |= !_isInArray;
        _place = Place.Lost;
        return Error("InvalidAuditRecord", problem);
    }

    private ScannedRecord Error(string errorId, string problem) =>
        new(Math.Max(1, _number), Math.Max(1, _recordLine), default, errorId, problem);
}
