using System.Management.Automation;
using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Commands;

/// <summary>
/// Reads what stands for an audit event: the event itself, its JSON text, and what a job, a remote session and Export-Clixml
/// make of events. That has the properties and no more; so that it can be read again, events carry their record in the
/// property Json of the module's type file, which is hidden until then.
/// </summary>
internal static class AuditEventInput
{
    private const string DeserializedType = "Deserialized.ImageBuilderDataProtection.Audit.KmsAuditEvent";
    private const string RecordProperty = "Json";

    /// <summary>The audit event that an object stands for.</summary>
    /// <exception cref="DataProtectionException"><c>AuditEventExpected</c>: it stands for none. Those of <see cref="KmsAuditEvent.Parse(string)"/>.</exception>
    public static KmsAuditEvent Read(object item)
    {
        var given = PSObject.AsPSObject(item);
        return given.BaseObject switch
        {
            KmsAuditEvent record => record,
            string json => KmsAuditEvent.Parse(json),
            _ => ReadDeserialized(given) ?? throw new DataProtectionException("AuditEventExpected", FailureKind.InvalidArgument, Refuse(given)),
        };
    }

    /// <summary>The audit event that has come through a job, a remote session or a file; null for anything else, and for one that has lost its record.</summary>
    /// <exception cref="DataProtectionException">Those of <see cref="KmsAuditEvent.Parse(string)"/>.</exception>
    public static KmsAuditEvent? ReadDeserialized(PSObject item) =>
        IsDeserialized(item) && TextOf(item, RecordProperty) is { } json ? KmsAuditEvent.Parse(json, TextOf(item, nameof(KmsAuditEvent.SourceFile))) : null;

    // Select-Object and others put a name before it.
    private static bool IsDeserialized(PSObject item) => item.TypeNames.Contains(DeserializedType);

    private static string? TextOf(PSObject item, string property) => item.Properties[property]?.Value is { } value ? PSObject.AsPSObject(value).BaseObject as string : null;

    private static string Refuse(PSObject item) => IsDeserialized(item)
        ? "This audit event is deserialized, as a job, a remote session and Import-Clixml make it, and has lost its record, which its property Json should hold; read the events where they are wanted, or let their ToJson() texts through instead."
        : $"A {NameOf(item)} is no audit event; give events of Get-IBKmsAuditEvent, which also reads files, or the JSON text of CloudTrail records.";

    // The names may be from a file.
    private static string NameOf(PSObject item) =>
        string.Concat((item.TypeNames.FirstOrDefault() ?? item.BaseObject.GetType().FullName!).Select(static character => char.IsControl(character) ? '?' : character));
}
