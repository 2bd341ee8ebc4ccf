using System.Buffers;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Cuts a stream into records without reading it as a whole: a list under one of the names of <see cref="RecordListEnvelope"/>, an array
/// of records or of their texts as strings, or records one after the other (JSON lines, a single record, over one line or several).
/// Records that cannot matter are leapt over (<see cref="RecordLeap"/>); one that stands whole in the bytes at hand and looks sound is
/// cut out by its <see cref="RecordOutline"/>; every other is followed byte by byte (<see cref="JsonFollower"/>), and at most one is
/// held. <c>{"eventVersion"</c>, with which CloudTrail begins every record, always begins one (<see cref="RecordStartFollower"/>): it
/// cannot stand inside a JSON string, and no record holds another but as a value with a name, so one that seems to is damaged. What
/// is not JSON is told once, and the scan goes on at the next such beginning or, among records that stand one after the other, at a
/// <c>{</c> that begins a line.
/// </summary>
/// <param name="maxRecordBytes">The size limit of a record.</param>
/// <param name="candidates">Tells which records need not be given; null for none.</param>
/// <param name="isVouchedFor">
/// Whether a checksum stands over the bytes. Then no accident can have changed them unseen, and the records of a list that cannot
/// matter are leapt over instead of looked at for damage.
/// </param>
internal sealed class RecordScanner(int maxRecordBytes, CandidateTest? candidates = null, bool isVouchedFor = false)
{
    /// <summary>How many bytes tell whether a record begins here, some white space included.</summary>
    private const int MinBytesToTell = 64;

    private static readonly SearchValues<byte> EventfulInString =
        SearchValues.Create([(byte)'"', (byte)'\\', (byte)'{', .. Enumerable.Range(0, 0x20).Select(static value => (byte)value)]);

    private readonly ArrayBufferWriter<byte> _record = new(4096);
    private readonly JsonFollower _value = new();
    private readonly RecordStartFollower _start = new();
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
    private int _marked;
    private long _line = 1;
    private long _number;
    private long _recordLine;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

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

        /// <summary>In a byte order mark before a record, or a list of records: files that were joined keep theirs.</summary>
        Mark,
    }

    /// <summary>Whether what was passed is a page of an answer, with more pages after it.</summary>
    public bool IsUnfinishedPage { get; private set; }

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
        Place.Mark => Error("AuditFileTruncated", "is missing: the file ends inside a byte order mark") with { Number = _number + 1, Line = _line },
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
        _start.GoOnAfterObject();
        _isCommaDue = true;
    }

    // One byte of what is followed closely. True when that brings something to tell.
    private bool Follow(byte value)
    {
        bool isRecordStart = _start.Take(value, _line, mayBeValue: _isInArray || !_isAtLineStart);
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
        return isTold;
    }

    // Passes over what changes nothing: the text of a string, what is lost, and the space between records. It is most of a trail.
    private int SkipDull(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        if (_place == Place.Record && _value.IsInPlainText && !_start.IsPastBracket)
        {
            length = bytes.IndexOfAny(EventfulInString);
        }
        else if (_place == Place.Lost && _start.IsIdle)
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
            _start.Skip(bytes[..length]);
            _isAtLineStart = false;
            if (_place == Place.Record)
            {
                Append(bytes[..length]);
            }
        }

        return length;
    }

    private bool Take(byte value)
    {
        _sawAnything |= !JsonFollower.IsWhiteSpace(value);
        switch (_place)
        {
            case Place.Record:
                return TakeInRecord(value);
            case Place.Mark:
                return TakeInMark(value);
            case Place.AfterList:
                Append([value]);
                return _value.TakeAny(value) && EndEnvelope();
            case Place.Lost:
                return false;
            default:
                return TakeBetweenRecords(value);
        }
    }

    private bool TakeBetweenRecords(byte value)
    {
        if (JsonFollower.IsWhiteSpace(value) || (value == ',' && _place == Place.List))
        {
            _isCommaDue &= value != ',';
            return false;
        }

        switch (value)
        {
            case (byte)'{':
            case (byte)'[' when _place == Place.List:
            case (byte)'"' when _place == Place.List && !_isCommaDue:
                BeginRecord(_line, [value]);
                _value.Begin(value);
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
            case 0xef when _place == Place.Top:
                _marked = 1;
                _place = Place.Mark;
                return false;
            case (byte)',' when _sawList:
                _found = LoseEndOfList();
                _place = Place.List;
                return true;
            case (byte)',' or (byte)']' or (byte)'}' when _isBeginningLost && _place == Place.Top:
                return false;
            default:
                return TellNoBeginning(value is > 0x20 and < 0x7f ? $"begins with '{(char)value}', not with '{{'" : "does not begin with '{'");
        }
    }

    private bool TakeInMark(byte value)
    {
        if (value != ByteOrderMark[_marked])
        {
            return TellNoBeginning("does not begin with '{'");
        }

        _marked++;
        _place = _marked == ByteOrderMark.Length ? Place.Top : Place.Mark;
        return false;
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

        switch (_value.Take(value))
        {
            case JsonStep.Array when _value.Depth == 2 && !_isInArray && RecordListEnvelope.BeginsList(_record.WrittenSpan):
                _isInArray = true;
                _isBareArray = false;
                _isCommaDue = false;
                _sawList = true;
                _number--;
                _place = Place.List;
                return TellUnfinishedAnswer() || isNewlyTooLarge;
            case JsonStep.End:
                return EndRecord(isNewlyTooLarge);
            case JsonStep.BrokenString:
                return TellLost("has a line break or control character in a string");
            case JsonStep.Unexpected:
                return TellLost($"is not JSON: {(value is > 0x20 and < 0x7f ? $"'{(char)value}'" : $"the byte 0x{value:X2}")} cannot stand on line {_line}");
            default:
                return isNewlyTooLarge;
        }
    }

    private void FindWayBack(byte value, bool isRecordStart)
    {
        if (isRecordStart)
        {
            BeginRecord(_start.Line, RecordNeedles.RecordStart);
            _value.BeginAfterName();
        }
        else if (value == '{' && _isAtLineStart && !_isInArray)
        {
            BeginRecord(_line, [value]);
            _value.Begin(value);
        }
    }

    // Of what stands before the list, or after it.
    private bool TellUnfinishedAnswer()
    {
        IsUnfinishedPage |= RecordListEnvelope.HasNextToken(_record.WrittenSpan);
        if (RecordListEnvelope.UnfinishedStatus(_record.WrittenSpan) is not { } status)
        {
            return false;
        }

        _found = Error("AuditQueryUnfinished", $"is of a query with the status {status}, of which not all rows are here");
        return true;
    }

    private void BeginRecord(long line, ReadOnlySpan<byte> beginning)
    {
        _record.ResetWrittenCount();
        _place = Place.Record;
        _number++;
        _recordLine = line;
        _isTooLarge = false;
        _isTooLargeTold = false;
        Append(beginning);
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

    private bool EndEnvelope()
    {
        _place = Place.Top;
        return TellUnfinishedAnswer();
    }

    private void EndList()
    {
        _isInArray = false;
        _isCommaDue = false;
        _value.BeginAfterValue();
        _record.ResetWrittenCount();
        _isTooLarge = false;
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
        if (_place != Place.Record || _value.Depth == 1)
        {
            return false;
        }

        // The array around it may be the list under a damaged name; records with commas between them may follow.
        _sawList |= _value.IsInnermostInArray;
        lost = Lose($"is not complete: another record begins inside it, on line {_start.Line}");
        return !_isTooLargeTold;
    }

    // A list ends with its file; this one only seemed to, by what is damaged before.
    private ScannedRecord LoseEndOfList()
    {
        _isInArray = true;
        return Lose("is not the last, but the list of records ends after it");
    }

    private bool TellNoBeginning(string problem)
    {
        _number++;
        _recordLine = _line;
        return TellLost(problem + ", as records and lists of them do");
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
