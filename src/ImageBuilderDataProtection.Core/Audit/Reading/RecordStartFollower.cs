namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Follows bytes for <see cref="RecordNeedles.RecordStart"/>, wherever it stands; white space may follow its bracket. As the value of
/// a name it begins no record.
/// </summary>
internal sealed class RecordStartFollower
{
    private int _matched;
    private bool _isNamed;

    // The last byte that is not white space.
    private byte _before;

    /// <summary>The line of the bracket that began what was found, or what may become it.</summary>
    public long Line { get; private set; }

    /// <summary>Whether the bytes so far are no part of what is looked for.</summary>
    public bool IsIdle => _matched == 0;

    /// <summary>Whether more than the bracket was found, so that each byte counts.</summary>
    public bool IsPastBracket => _matched > 1;

    /// <summary>Goes on after an object.</summary>
    public void GoOnAfterObject() => (_matched, _before) = (0, (byte)'}');

    /// <summary>Passes over bytes, none of which is a bracket.</summary>
    public void Skip(ReadOnlySpan<byte> dull)
    {
        _matched = _matched == 1 && dull.IndexOfAnyExcept(" \t\r"u8) < 0 ? 1 : 0;
        _before = dull.TrimEnd(" \t\r\n"u8) is [.., var last] ? last : _before;
    }

    /// <summary>Takes the next byte. Whether a record's beginning is whole with it.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="line">The line that it is on.</param>
    /// <param name="mayBeValue">Whether a name before it, if there is one, can have it for its value.</param>
    public bool Take(byte value, long line, bool mayBeValue)
    {
        if (JsonFollower.IsWhiteSpace(value))
        {
            _matched = _matched == 1 ? 1 : 0;
            return false;
        }

        _matched = value == RecordNeedles.RecordStart[_matched] ? _matched + 1 : value == '{' ? 1 : 0;
        if (_matched == 1)
        {
            Line = line;
            _isNamed = mayBeValue && _before == ':';
        }

        _before = value;
        if (_matched < RecordNeedles.RecordStart.Length)
        {
            return false;
        }

        _matched = 0;
        return !_isNamed;
    }
}
