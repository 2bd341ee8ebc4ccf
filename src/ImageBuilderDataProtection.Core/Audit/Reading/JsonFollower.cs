namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Follows a JSON value byte by byte to its end, by its strings and brackets, with enough of the grammar to see that it is broken;
/// the JSON reader judges what passes. Nothing of the value is held.
/// </summary>
internal sealed class JsonFollower
{
    private const byte Literal = (byte)'0';

    // A bit for each bracket that is open, the last one lowest: whether it is an array's. They go as deep as the JSON reader does.
    private ulong _arrays;
    private bool _isInString;
    private bool _isEscaped;
    private byte _previous;

    /// <summary>How many brackets are open.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether it is in a string, where the next byte means what it is.</summary>
    public bool IsInPlainText => _isInString && !_isEscaped;

    /// <summary>Whether what stands around the innermost bracket is an array.</summary>
    public bool IsInnermostInArray => (_arrays & 2) != 0;

    /// <summary>Whether white space, which means nothing outside a string.</summary>
    public static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>Begins a value with its first byte: a bracket or a quote.</summary>
    public void Begin(byte first)
    {
        (Depth, _arrays, _isEscaped, _isInString) = (0, 0, false, first == '"');
        if (!_isInString)
        {
            Open(first);
        }
    }

    /// <summary>Begins an object of which the first name was passed.</summary>
    public void BeginAfterName()
    {
        Begin((byte)'{');
        _previous = (byte)'"';
    }

    /// <summary>Begins what is left of an object behind one of its values.</summary>
    public void BeginAfterValue()
    {
        Begin((byte)'{');
        _previous = (byte)']';
    }

    /// <summary>Takes the next byte.</summary>
    public JsonStep Take(byte value)
    {
        if (_isInString)
        {
            return TakeInString(value);
        }

        if (IsWhiteSpace(value))
        {
            return JsonStep.More;
        }

        if (!IsExpected(value))
        {
            return JsonStep.Unexpected;
        }

        switch (value)
        {
            case (byte)'"':
                _isInString = true;
                return JsonStep.More;
            case (byte)'{' or (byte)'[':
                Open(value);
                return value == '[' ? JsonStep.Array : JsonStep.More;
            case (byte)'}' or (byte)']':
                Depth--;
                _arrays >>= 1;
                _previous = value;
                return Depth == 0 ? JsonStep.End : JsonStep.More;
            default:
                _previous = value is (byte)':' or (byte)',' ? value : Literal;
                return JsonStep.More;
        }
    }

    /// <summary>Takes the next byte, whatever the grammar says of it. Whether the value is whole then.</summary>
    public bool TakeAny(byte value)
    {
        if (_isInString)
        {
            _ = TakeInString(value);
            return false;
        }

        _isInString = value == '"';
        Depth += value is (byte)'{' or (byte)'[' ? 1 : value is (byte)'}' or (byte)']' ? -1 : 0;
        return Depth == 0;
    }

    private JsonStep TakeInString(byte value)
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
            return Depth == 0 ? JsonStep.End : JsonStep.More;
        }
        else if (value < 0x20)
        {
            return JsonStep.BrokenString;
        }

        return JsonStep.More;
    }

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
            (byte)'{' or (byte)'[' => isValueNext && Depth < RecordOutline.MaxDepth,
            _ => (isValueNext || _previous == Literal) && (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'+' or (byte)'.'),
        };
    }

    private void Open(byte bracket)
    {
        Depth++;
        _arrays = (_arrays << 1) | (bracket == '[' ? 1UL : 0);
        _previous = bracket;
    }
}
