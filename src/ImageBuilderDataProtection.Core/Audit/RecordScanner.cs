using System.Buffers;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Cuts a stream into records without reading it as a whole: <c>{"Records":[…]}</c>, an array, or records one after the
/// other (JSON lines, a single record, over one line or several). It follows strings and brackets and holds at most one
/// record. <c>{"eventVersion"</c>, with which CloudTrail begins every record, always begins one: it cannot stand inside a
/// JSON string, and no record holds another, so one that seems to is damaged. What is not JSON is told once, and the scan
/// goes on at the next such beginning or, among records that stand one after the other, at a <c>{</c> that begins a line.
/// </summary>
internal sealed class RecordScanner(int maxRecordBytes)
{
    /// <summary>Brackets may nest as deep as the bits of the stack go; the JSON reader's own limit is the same.</summary>
    private const int MaxDepth = 64;

    private const byte Literal = (byte)'0';

    private static readonly SearchValues<byte> EventfulInString =
        SearchValues.Create([(byte)'"', (byte)'\\', (byte)'{', .. Enumerable.Range(0, 0x20).Select(static value => (byte)value)]);

    private readonly ArrayBufferWriter<byte> _record = new(4096);
    private Place _place = Place.Top;
    private bool _isInArray;
    private bool _isBareArray;
    private bool _isTooLarge;
    private bool _isTooLargeTold;
    private bool _sawList;
    private ScannedRecord _found;
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

    private static ReadOnlySpan<byte> RecordStart => "{\"eventVersion\""u8;

    /// <summary>The records of these bytes, which go on where the last ones ended.</summary>
    public IEnumerable<ScannedRecord> Scan(ReadOnlyMemory<byte> bytes)
    {
        for (int i = SkipDull(bytes.Span); i < bytes.Length; i += 1 + SkipDull(bytes.Span[(i + 1)..]))
        {
            byte value = bytes.Span[i];
            bool isRecordStart = FollowRecordStart(value);
            if (Take(value))
            {
                yield return _found;
            }

            if (isRecordStart && LoseWhatHoldsRecord())
            {
                yield return _found;
            }

            if (_place == Place.Lost)
            {
                FindWayBack(value, isRecordStart);
            }

            _isAtLineStart = value == '\n';
            _line += value == '\n' ? 1 : 0;
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

    private static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    // Passes over what changes nothing: the text of a string, and what is lost. It is most of a trail.
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

        length = length < 0 ? bytes.Length : length;
        if (length > 0)
        {
            // Of the start of a record only the white space after its bracket may stand here.
            _matched = _matched == 1 && bytes[..length].IndexOfAnyExcept(" \t\r"u8) < 0 ? 1 : 0;
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
            return false;
        }

        switch (value)
        {
            case (byte)'{':
                BeginRecord(_line);
                Append([value]);
                Push(value);
                return false;
            case (byte)'[' when _place == Place.Top:
                _isInArray = true;
                _isBareArray = true;
                _sawList = true;
                _place = Place.List;
                return false;
            case (byte)']' when _place == Place.List:
                EndList();
                return false;
            case (byte)',' when _sawList:
                LoseEndOfList();
                _place = Place.List;
                return true;
            default:
                _number++;
                _recordLine = _line;
                return Lose(value is > 0x20 and < 0x7f ? $"begins with '{(char)value}', not with '{{'" : "does not begin with '{'");
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
            }
            else if (value < 0x20)
            {
                return Lose("has a line break or control character in a string");
            }

            return isNewlyTooLarge;
        }

        if (IsWhiteSpace(value))
        {
            return isNewlyTooLarge;
        }

        if (!IsExpected(value))
        {
            return Lose($"is not JSON: '{(char)value}' cannot stand on line {_line}");
        }

        switch (value)
        {
            case (byte)'"':
                _isInString = true;
                return isNewlyTooLarge;
            case (byte)'[' when _depth == 1 && IsListName():
                _isInArray = true;
                _isBareArray = false;
                _sawList = true;
                _number--;
                _place = Place.List;
                return isNewlyTooLarge;
            case (byte)'{' or (byte)'[':
                Push(value);
                return isNewlyTooLarge;
            case (byte)'}' or (byte)']':
                _depth--;
                _arrays >>= 1;
                _previous = value;
                if (_depth > 0)
                {
                    return isNewlyTooLarge;
                }

                _place = _isInArray ? Place.List : Place.Top;
                if (_isTooLarge)
                {
                    return isNewlyTooLarge;
                }

                _found = new ScannedRecord(_number, _recordLine, _record.WrittenMemory);
                return true;
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
            Append(RecordStart);
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

    // Follows the bytes of {"eventVersion" wherever they stand; white space may follow the bracket.
    private bool FollowRecordStart(byte value)
    {
        if (_matched == 1 && IsWhiteSpace(value))
        {
            return false;
        }

        _matched = value == RecordStart[_matched] ? _matched + 1 : value == '{' ? 1 : 0;
        _matchedLine = _matched == 1 ? _line : _matchedLine;
        if (_matched < RecordStart.Length)
        {
            return false;
        }

        _matched = 0;
        return true;
    }

    private bool IsListName()
    {
        Span<byte> name = stackalloc byte[16];
        int length = 0;
        foreach (byte value in _record.WrittenSpan)
        {
            if (!IsWhiteSpace(value))
            {
                if (length == name.Length)
                {
                    return false;
                }

                name[length++] = value;
            }
        }

        return name[..length].SequenceEqual("{\"Records\":["u8);
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

    private void EndList()
    {
        _isInArray = false;
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
    private bool LoseWhatHoldsRecord()
    {
        if (_place == Place.AfterList)
        {
            LoseEndOfList();
            return true;
        }

        // At depth 1 it is the record's own beginning.
        if (_place != Place.Record || _depth == 1)
        {
            return false;
        }

        // The array around it may be the list under a damaged name; records with commas between them may follow.
        _sawList |= (_arrays & 2) != 0;
        Lose($"is not complete: another record begins inside it, on line {_matchedLine}");
        return !_isTooLargeTold;
    }

    // A list ends with its file; this one only seemed to, by what is damaged before.
    private void LoseEndOfList()
    {
        _isInArray = true;
        Lose("is not the last, but the list of records ends after it");
    }

    private bool Lose(string problem)
    {
        _place = Place.Lost;
        _found = Error("InvalidAuditRecord", problem);
        return true;
    }

    private ScannedRecord Error(string errorId, string problem) =>
        new(Math.Max(1, _number), Math.Max(1, _recordLine), default, errorId, problem);
}
