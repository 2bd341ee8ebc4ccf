using System.Collections.ObjectModel;
using System.Globalization;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>A key of the local KMS, as <c>key.json</c> holds it: all but its policy and its key material.</summary>
internal sealed record LocalKey(
    KeyArn Arn,
    KeyState State,
    string Description,
    DateTime CreationDate,
    DateTime? DeletionDate,
    string CurrentKeyMaterialId,
    LocalKeyRotation? Rotation,
    int OnDemandRotations)
{
    private const int MaxBytes = 256 * 1024;

    /// <summary>The tags, in ordinal order of their keys.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public KeyMetadata ToMetadata() => new(Arn, State, Description, CreationDate, DeletionDate, CurrentKeyMaterialId);

    public string ToJson()
    {
        var json = new JObject
        {
            ["keyArn"] = Arn.Value,
            ["state"] = State.ToString(),
            ["description"] = Description,
            ["creationDate"] = Write(CreationDate),
            ["deletionDate"] = DeletionDate is { } deletion ? Write(deletion) : JValue.CreateNull(),
            ["currentKeyMaterialId"] = CurrentKeyMaterialId,
            ["rotation"] = Rotation is null
                ? JValue.CreateNull()
                : new JObject { ["periodInDays"] = Rotation.PeriodInDays, ["nextRotation"] = Write(Rotation.NextRotation) },
            ["onDemandRotations"] = OnDemandRotations,
            ["tags"] = new JObject(Tags.Select(static tag => new JProperty(tag.Key, tag.Value))),
        };
        return StrictJson.Write(json, indented: true) + "\n";
    }

    /// <exception cref="DataProtectionException"><c>LocalKmsDamaged</c>: the file is not what this program wrote.</exception>
    public static LocalKey Parse(byte[] content, string path)
    {
        try
        {
            JObject json = StrictJson.ParseObject(content, $"\"{path}\"", MaxBytes);
            return new LocalKey(
                KeyArn.Parse((string)json["keyArn"]!),
                Enum.Parse<KeyState>((string)json["state"]!),
                (string)json["description"]!,
                Read(json["creationDate"]!),
                json["deletionDate"] is { Type: not JTokenType.Null } deletion ? Read(deletion) : null,
                (string)json["currentKeyMaterialId"]!,
                json["rotation"] is JObject rotation ? new LocalKeyRotation((int)rotation["periodInDays"]!, Read(rotation["nextRotation"]!)) : null,
                (int)json["onDemandRotations"]!)
            {
                // Keys made before there were tags have none.
                Tags = new SortedDictionary<string, string>(
                    (json["tags"] as JObject ?? new JObject()).Properties().ToDictionary(static tag => tag.Name, static tag => (string)tag.Value!), StringComparer.Ordinal),
            };
        }
        catch (Exception error) when (error is DataProtectionException or ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new DataProtectionException(
                "LocalKmsDamaged",
                FailureKind.InvalidData,
                $"\"{path}\" is damaged: {error.Message.TrimEnd('.')}. Restore it from a copy.",
                error);
        }
    }

    private static string Write(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static DateTime Read(JToken time) => DateTime.ParseExact((string)time!, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
