using System.Buffers;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Cuts a stream into records without reading it as a whole: <c>{"Records":[…]}</c>, an array, or records one after the
/// other (JSON lines, a single record, over one line or several). It follows strings and brackets and holds at most one
/// record. What is not JSON is told once, and the scan goes on where the next record plainly begins: at
/// <c>{"eventVersion"</c>, with which CloudTrail begins every record and which cannot stand inside a JSON string, or, among
/// records that stand one after the other, at a <c>{</c> that begins a line.
/// </summary>
internal sealed class RecordScanner(int maxRecordBytes)
{
    /// <summary>Brackets may nest as deep as the bits of the stack go; the JSON reader's own limit is the same.</summary>
    private const int MaxDepth = 64;

    private const byte Literal = (byte)'0';

    private readonly ArrayBufferWriter<byte> _record = new(4096);
    private Place _place = Place.Top;
    private bool _isInArray;
    private bool _isBareArray;
    private bool _isTooLarge;
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
        for (int i = 0; i < bytes.Length; i++)
        {
            byte value = bytes.Span[i];
            bool isRecordStart = FollowRecordStart(value);
            if (Take(value) is { } found)
            {
                yield return found;
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

    private ScannedRecord? Take(byte value)
    {
        _sawAnything |= !IsWhiteSpace(value);
        switch (_place)
        {
            case Place.Record:
                return TakeInRecord(value);
            case Place.AfterList:
                TakeAfterList(value);
                return null;
            case Place.Lost:
                return null;
            default:
                return TakeBetweenRecords(value);
        }
    }

    private ScannedRecord? TakeBetweenRecords(byte value)
    {
        if (IsWhiteSpace(value) || (value == ',' && _place == Place.List))
        {
            return null;
        }

        switch (value)
        {
            case (byte)'{':
                BeginRecord();
                Append(value);
                Push(value);
                return null;
            case (byte)'[' when _place == Place.Top:
                _isInArray = true;
                _isBareArray = true;
                _place = Place.List;
                return null;
            case (byte)']' when _place == Place.List:
                EndList();
                return null;
            default:
                _number++;
                _recordLine = _line;
                return Lose("does not begin with {");
        }
    }

    private ScannedRecord? TakeInRecord(byte value)
    {
        bool wasTooLarge = _isTooLarge;
        Append(value);
        ScannedRecord? tooLarge = _isTooLarge && !wasTooLarge
            ? Error("AuditRecordTooLarge", $"is larger than {maxRecordBytes} bytes")
            : null;
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

            return tooLarge;
        }

        if (IsWhiteSpace(value))
        {
            return tooLarge;
        }

        if (!IsExpected(value))
        {
            return Lose($"is not JSON: '{(char)value}' cannot stand on line {_line}");
        }

        switch (value)
        {
            case (byte)'"':
                _isInString = true;
                return tooLarge;
            case (byte)'[' when _depth == 1 && IsListName():
                _isInArray = true;
                _isBareArray = false;
                _number--;
                _place = Place.List;
                return tooLarge;
            case (byte)'{' or (byte)'[':
                Push(value);
                return tooLarge;
            case (byte)'}' or (byte)']':
                _depth--;
                _previous = value;
                if (_depth > 0)
                {
                    return tooLarge;
                }

                _place = _isInArray ? Place.List : Place.Top;
                return _isTooLarge ? tooLarge : new ScannedRecord(_number, _recordLine, _record.WrittenMemory);
            default:
                _previous = value is (byte)':' or (byte)',' ? value : Literal;
                return tooLarge;
        }
    }

    // Enough of the grammar to see that a record is broken; the JSON reader judges what passes.
    private bool IsExpected(byte value)
    {
        bool isInArray = (_arrays & 1) != 0;
        bool isAfterValue = _previous is (byte)'"' or (byte)'}' or (byte)']' or Literal;
        return value switch
        {
            (byte)'}' => !isInArray,
            (byte)']' => isInArray,
            (byte)':' => _previous == '"' && !isInArray,
            (byte)',' => isAfterValue,
            (byte)'"' => !isAfterValue,
            (byte)'{' or (byte)'[' => _depth < MaxDepth && (_previous == ':' || (isInArray && _previous is (byte)'[' or (byte)',')),
            _ => _previous == Literal || (!isAfterValue && _previous != '{'),
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
            BeginRecord();
            foreach (byte start in RecordStart)
            {
                Append(start);
            }

            Push((byte)'{');
            _previous = (byte)'"';
        }
        else if (value == '{' && _isAtLineStart && !_isInArray)
        {
            BeginRecord();
            Append(value);
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

    private void BeginRecord()
    {
        _record.ResetWrittenCount();
        _place = Place.Record;
        _number++;
        _recordLine = _line;
        _isTooLarge = false;
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

    private void Append(byte value)
    {
        if (_record.WrittenCount == maxRecordBytes)
        {
            _isTooLarge = true;
        }

        if (!_isTooLarge)
        {
            _record.GetSpan(1)[0] = value;
            _record.Advance(1);
        }
    }

    private void Push(byte bracket)
    {
        _depth++;
        _arrays = (_arrays << 1) | (bracket == '[' ? 1UL : 0);
        _previous = bracket;
    }

    private ScannedRecord Lose(string problem)
    {
        _place = Place.Lost;
        return Error("InvalidAuditRecord", problem);
    }

    private ScannedRecord Error(string errorId, string problem) =>
        new(Math.Max(1, _number), Math.Max(1, _recordLine), default, errorId, problem);
}
