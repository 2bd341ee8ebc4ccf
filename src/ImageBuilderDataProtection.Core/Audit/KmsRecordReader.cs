using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ImageBuilderDataProtection.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Reads the bytes of a record once: refuses what <see cref="StrictJson"/> refuses, and notes where the few elements stand that
/// records are filtered and grouped by. It makes no objects on its way. What it cannot judge for certain, such as names written
/// with escapes, is rare, and <see cref="StrictJson"/> judges it.
/// </summary>
internal ref struct KmsRecordReader
{
    /// <summary>How many names of objects that are open at once it can tell apart. A record has some twenty.</summary>
    public const int MaxOpenNames = 128;

    private readonly Span<ulong> _names;
    private Utf8JsonReader _reader;
    private readonly int _skipped;
    private int _nameCount;
    private ReadOnlySpan<byte> _name;
    private bool _isCertain = true;
    private bool _hasInsight;
    private List<NamedWorkflow>? _workflows;

    private KmsRecordReader(ReadOnlySpan<byte> utf8, Span<ulong> names)
    {
        Bytes = utf8;
        _names = names;
        _skipped = utf8.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>The bytes; all places count from their beginning.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The record's first byte.</summary>
    public int Start { get; private set; }

    /// <summary>The byte after its last.</summary>
    public int End { get; private set; }

    public RecordText EventTime { get; private set; }

    public RecordText EventName { get; private set; }

    public RecordText EventSource { get; private set; }

    public RecordText AwsRegion { get; private set; }

    public RecordText ErrorCode { get; private set; }

    public RecordText ErrorMessage { get; private set; }

    public RecordText RequestId { get; private set; }

    public RecordText EventId { get; private set; }

    /// <summary>The <c>arn</c> of the caller.</summary>
    public RecordText CallerArn { get; private set; }

    /// <summary>The <c>invokedBy</c> of the caller.</summary>
    public RecordText InvokedBy { get; private set; }

    /// <summary>The key that the resources name first.</summary>
    public string? ResourceKeyArn { get; private set; }

    public RecordText KeyId { get; private set; }

    public RecordText SourceKeyId { get; private set; }

    public RecordText TargetKeyId { get; private set; }

    public RecordText DestinationKeyId { get; private set; }

    /// <summary>The <c>keyId</c> of the answer.</summary>
    public RecordText ResponseKeyId { get; private set; }

    /// <summary>Whether an encryption context, or the parameters as a whole, are withheld.</summary>
    public bool IsContextHidden { get; private set; }

    /// <summary>Reads a record.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="names">Room for <see cref="MaxOpenNames"/>.</param>
    /// <exception cref="JsonSyntaxException">The text is not JSON.</exception>
    /// <exception cref="DataProtectionException"><c>JsonTooLarge</c>.</exception>
    public static KmsRecordReader Read(ReadOnlySpan<byte> utf8, Span<ulong> names)
    {
        var record = new KmsRecordReader(utf8, names);
        try
        {
            // Utf8JsonReader itself does not look at the encoding.
            record._isCertain = utf8.Length <= KmsAuditEvent.MaxRecordBytes && Utf8.IsValid(utf8);
            if (record._isCertain)
            {
                record.ReadRecord();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // StrictJson says it better, with the place.
            StrictJson.ParseObject(utf8, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes);
            throw;
        }

        if (!record._isCertain)
        {
            StrictJson.ParseObject(utf8, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes);
        }

        return record;
    }

    /// <summary>
    /// Whether it is of a service, and of another one than KMS, or of no call: what CloudTrail Insights finds names a service only in
    /// its details ("CloudTrail record contents for Insights events for trails" in the CloudTrail User Guide).
    /// </summary>
    public readonly bool IsOfNoKmsCall() =>
        EventSource != default ? EventSource.Read(Bytes) != KmsAuditEvent.KmsEventSource : _hasInsight;

    /// <summary>
    /// The workflows that its encryption contexts name, each once; those of the context that counts most come first.
    /// </summary>
    /// <param name="first">The first that is named by the right name in the right case; null when there is none.</param>
    public string[] ReadWorkflows(out string? first)
    {
        first = null;
        if (_workflows is null)
        {
            return [];
        }

        if (_workflows.Count > 1)
        {
            // Stable, so that of one context's names the first stays so.
            _workflows = [.. _workflows.OrderBy(static workflow => workflow.Context)];
        }

        string[] arns = new string[_workflows.Count];
        for (int i = 0; i < arns.Length; i++)
        {
            arns[i] = _workflows[i].Arn.Read(Bytes)!;
            first ??= _workflows[i].IsNamedRight ? arns[i] : null;
        }

        return arns.Length == 1 ? arns : [.. arns.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The time of the call, UTC; null when it is missing or no time.</summary>
    public readonly DateTime? ReadEventTime()
    {
        ReadOnlySpan<byte> raw = EventTime.Raw(Bytes);

        // The one form that CloudTrail writes, yyyy-MM-ddTHH:mm:ssZ, need not become a string.
        return raw.Length == 20 && raw[4] == '-' && raw[7] == '-' && raw[10] == 'T' && raw[13] == ':' && raw[16] == ':' && raw[19] == 'Z'
            && Number(raw[..4]) is >= 1 and int year && Number(raw[5..7]) is >= 1 and <= 12 and int month
            && Number(raw[8..10]) is >= 1 and int day && day <= DateTime.DaysInMonth(year, month)
            && Number(raw[11..13]) is >= 0 and < 24 and int hour && Number(raw[14..16]) is >= 0 and < 60 and int minute && Number(raw[17..19]) is >= 0 and < 60 and int second
                ? new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc)
                : JsonElements.ToTime(EventTime.Read(Bytes));
    }

    /// <summary>A text, when it is a key ARN; otherwise null.</summary>
    public readonly string? ReadKeyArn(RecordText text)
    {
        // Aliases are told at a glance, unless their text has escapes.
        ReadOnlySpan<byte> raw = text.Raw(Bytes);
        if (raw.IndexOf(":key/"u8) < 0 && !raw.Contains((byte)'\\'))
        {
            return null;
        }

        string arn = text.Read(Bytes)!;
        return Kms.KeyArn.IsKeyArn(arn) ? arn : null;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        int number = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return -1;
            }

            number = (number * 10) + (digit - '0');
        }

        return number;
    }

    private void ReadRecord()
    {
        _reader = new Utf8JsonReader(Bytes[_skipped..], new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _isCertain = false;
            return;
        }

        Start = _skipped + (int)_reader.TokenStartIndex;
        while (NextName(0))
        {
            ReadElement();
        }

        End = _skipped + (int)_reader.BytesConsumed;
        _reader.Read();
    }

    private void ReadElement()
    {
        switch (_name.Length)
        {
            case 7 when _name.SequenceEqual("eventID"u8):
                EventId = ReadText();
                break;
            case 9 when _name.SequenceEqual("eventTime"u8):
                EventTime = ReadText();
                break;
            case 9 when _name.SequenceEqual("eventName"u8):
                EventName = ReadText();
                break;
            case 9 when _name.SequenceEqual("awsRegion"u8):
                AwsRegion = ReadText();
                break;
            case 9 when _name.SequenceEqual("errorCode"u8):
                ErrorCode = ReadText();
                break;
            case 9 when _name.SequenceEqual("requestID"u8):
                RequestId = ReadText();
                break;
            case 9 when _name.SequenceEqual("resources"u8):
                ReadResources();
                break;
            case 11 when _name.SequenceEqual("eventSource"u8):
                EventSource = ReadText();
                break;
            case 12 when _name.SequenceEqual("errorMessage"u8):
                ErrorMessage = ReadText();
                break;
            case 12 when _name.SequenceEqual("userIdentity"u8):
                ReadUserIdentity();
                break;
            case 14 when _name.SequenceEqual("insightDetails"u8):
                _hasInsight = true;
                Pass();
                break;
            case 16 when _name.SequenceEqual("responseElements"u8):
                ReadResponseElements();
                break;
            case 17 when _name.SequenceEqual("requestParameters"u8):
                ReadRequestParameters();
                break;
            default:
                Pass();
                break;
        }
    }

    private void ReadUserIdentity()
    {
        for (int scope = Enter(); NextNameOf(scope);)
        {
            if (_name.SequenceEqual("arn"u8))
            {
                CallerArn = ReadText();
            }
            else if (_name.SequenceEqual("invokedBy"u8))
            {
                InvokedBy = ReadText();
            }
            else
            {
                Pass();
            }
        }
    }

    private void ReadRequestParameters()
    {
        NoteHidden();
        for (int scope = Enter(); NextNameOf(scope);)
        {
            switch (_name.Length)
            {
                case 5 when _name.SequenceEqual("keyId"u8):
                    KeyId = ReadText();
                    break;
                case 11 when _name.SequenceEqual("sourceKeyId"u8):
                    SourceKeyId = ReadText();
                    break;
                case 11 when _name.SequenceEqual("targetKeyId"u8):
                    TargetKeyId = ReadText();
                    break;
                case 11 when _name.SequenceEqual("constraints"u8):
                    ReadConstraints();
                    break;
                case 16 when _name.SequenceEqual("destinationKeyId"u8):
                    DestinationKeyId = ReadText();
                    break;
                case 17 when _name.SequenceEqual("encryptionContext"u8):
                    ReadContext(ContextKind.Call);
                    break;
                case 23 when _name.SequenceEqual("sourceEncryptionContext"u8):
                    ReadContext(ContextKind.Source);
                    break;
                case 28 when _name.SequenceEqual("destinationEncryptionContext"u8):
                    ReadContext(ContextKind.Destination);
                    break;
                default:
                    Pass();
                    break;
            }
        }
    }

    private void ReadConstraints()
    {
        NoteHidden();
        for (int scope = Enter(); NextNameOf(scope);)
        {
            if (_name.SequenceEqual("encryptionContextSubset"u8) || _name.SequenceEqual("encryptionContextEquals"u8))
            {
                ReadContext(ContextKind.Constraint);
            }
            else
            {
                Pass();
            }
        }
    }

    private void ReadContext(ContextKind context)
    {
        NoteHidden();
        for (int scope = Enter(); NextNameOf(scope);)
        {
            if (Ascii.EqualsIgnoreCase(_name, "aws:imagebuilder:arn"u8))
            {
                bool isNamedRight = _name.SequenceEqual("aws:imagebuilder:arn"u8);
                RecordText arn = ReadText();
                if (arn != default)
                {
                    (_workflows ??= new(1)).Add(new NamedWorkflow(context, isNamedRight, arn));
                }
            }
            else
            {
                Pass();
            }
        }
    }

    private void ReadResponseElements()
    {
        for (int scope = Enter(); NextNameOf(scope);)
        {
            if (_name.SequenceEqual("keyId"u8))
            {
                ResponseKeyId = ReadText();
            }
            else
            {
                Pass();
            }
        }
    }

    private void ReadResources()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Pass();
            return;
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            for (int scope = Enter(); NextNameOf(scope);)
            {
                if (_name.SequenceEqual("ARN"u8))
                {
                    RecordText arn = ReadText();
                    ResourceKeyArn ??= ReadKeyArn(arn);
                }
                else
                {
                    Pass();
                }
            }
        }
    }

    // Enters the object that the reader stands on; passes over anything else, and the answer then is -1.
    private int Enter()
    {
        if (_reader.TokenType == JsonTokenType.StartObject)
        {
            return _nameCount;
        }

        Pass();
        return -1;
    }

    private bool NextNameOf(int scope) => scope >= 0 && NextName(scope);

    // Goes on to the value of the next name in an object whose names are noted from a place on; false at the object's end.
    private bool NextName(int scope)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            _nameCount = scope;
            return false;
        }

        _name = _reader.ValueSpan;
        if (_reader.ValueIsEscaped)
        {
            _isCertain = false;
            _name = Encoding.UTF8.GetBytes(_reader.GetString()!);
        }

        ulong key = KeyOf(_name);
        if (_nameCount == _names.Length || _names[scope.._nameCount].Contains(key))
        {
            _isCertain = false;
        }
        else
        {
            _names[_nameCount++] = key;
        }

        _reader.Read();
        return true;
    }

    // Names that differ have different keys, but for a few; that two have one key is no proof that they are the same.
    private static ulong KeyOf(ReadOnlySpan<byte> name)
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        if (name.Length >= sizeof(ulong))
        {
            ulong middle = MemoryMarshal.Read<ulong>(name[((name.Length - sizeof(ulong)) / 2)..]);
            return (MemoryMarshal.Read<ulong>(name) * Factor) ^ ulong.RotateLeft(MemoryMarshal.Read<ulong>(name[^sizeof(ulong)..]) * Factor, 31) ^ (middle * Factor) ^ (ulong)name.Length;
        }

        ulong key = (ulong)name.Length;
        foreach (byte value in name)
        {
            key = (key << 8) | value;
        }

        return key;
    }

    // Passes over the value that the reader stands on.
    private void Pass()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                for (int scope = _nameCount; NextName(scope);)
                {
                    Pass();
                }

                break;
            case JsonTokenType.StartArray:
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    Pass();
                }

                break;
            case JsonTokenType.String:
                JudgeText();
                break;
        }
    }

    private RecordText ReadText()
    {
        if (_reader.TokenType != JsonTokenType.String)
        {
            Pass();
            return default;
        }

        JudgeText();
        return new RecordText(_skipped + (int)_reader.TokenStartIndex + 1, _reader.ValueSpan.Length);
    }

    // An escaped surrogate must have its partner.
    private void JudgeText()
    {
        if (_reader.ValueIsEscaped && (_reader.ValueSpan.IndexOf("\\ud"u8) >= 0 || _reader.ValueSpan.IndexOf("\\uD"u8) >= 0))
        {
            _isCertain = false;
        }
    }

    private void NoteHidden() =>
        IsContextHidden |= _reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals(KmsAuditEvent.Hidden);

    private enum ContextKind
    {
        Call,
        Destination,
        Source,
        Constraint,
    }

    private readonly record struct NamedWorkflow(ContextKind Context, bool IsNamedRight, RecordText Arn);
}
