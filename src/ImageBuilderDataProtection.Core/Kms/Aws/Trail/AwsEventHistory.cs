using System.Globalization;
using System.Runtime.CompilerServices;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>
/// CloudTrail's event history of the caller's account in one region: the management events of the last 90 days, KMS calls
/// among them ("Working with CloudTrail event history" in the CloudTrail User Guide). It needs no trail. The caller needs
/// <c>cloudtrail:LookupEvents</c>.
/// </summary>
public sealed class AwsEventHistory
{
    private readonly AwsSession _session;
    private readonly TimeProvider _clock;

    internal AwsEventHistory(AwsSession session, TimeProvider clock)
    {
        _session = session;
        _clock = clock;
    }

    /// <summary>How long the event history keeps an event.</summary>
    public static TimeSpan Retention { get; } = TimeSpan.FromDays(90);

    /// <summary>The region.</summary>
    public string Region => _session.Region;

    /// <summary>
    /// Reads records, the newest first, page by page as they are taken. CloudTrail is asked by event id, else by key, else
    /// by event source; what it cannot be asked for is left out here. Reading ends when every request id asked for was found.
    /// </summary>
    /// <param name="filter">Which records are wanted.</param>
    /// <param name="onError">Is told of each record that could not be read; reading then goes on with the next.</param>
    /// <param name="onWarning">Is told why there is less than was asked for.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DataProtectionException">CloudTrail cannot be asked, or refuses; the error id is AWS's code or one of the network.</exception>
    public async IAsyncEnumerable<KmsAuditEvent> ReadAsync(
        AuditFilter filter,
        Action<DataProtectionException> onError,
        Action<string> onWarning,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(onError);
        ArgumentNullException.ThrowIfNull(onWarning);
        DateTime oldest = _clock.GetUtcNow().UtcDateTime - Retention;
        if (filter.Times.Start < oldest || filter.Times.End < oldest)
        {
            onWarning($"CloudTrail's event history goes back {Retention.Days} days, to {Say(oldest)}; older records are in the files of a trail, if the account has one: read those with -Path.");
        }

        // CloudTrail refuses times that it can have nothing of.
        if (filter.Times.End < oldest)
        {
            yield break;
        }

        DateTime? start = filter.Times.Start < oldest ? oldest : filter.Times.Start;
        var missing = new HashSet<string>(filter.RequestIds.Concat(filter.EventIds), StringComparer.OrdinalIgnoreCase);
        foreach ((string attribute, string value) in Lookups(filter))
        {
            await foreach (JObject item in EventsAsync(attribute, value, start, filter.Times.End, cancellationToken))
            {
                if (Read(item, filter, onError) is not { } record)
                {
                    continue;
                }

                missing.Remove(record.RequestId ?? "");
                missing.Remove(record.EventId ?? "");
                yield return record;
                if (filter.RequestIds.Count > 0 && missing.Count == 0)
                {
                    yield break;
                }
            }
        }

        if (missing.Count > 0)
        {
            onWarning(
                $"CloudTrail's event history of {Region} has no such record with the id {string.Join(", ", missing)}; records come on average some 5 minutes after the call, "
                + "and at times later, so try again; if it stays away, check -Region and the account.");
        }
    }

    private static IEnumerable<(string Attribute, string Value)> Lookups(AuditFilter filter) =>
        filter.EventIds.Count > 0 ? filter.EventIds.Distinct(StringComparer.OrdinalIgnoreCase).Select(static id => ("EventId", id))
        : filter.Key is { Kind: KeyIdentifierKind.KeyArn } key ? [("ResourceName", key.Value)]
        : [("EventSource", KmsAuditEvent.KmsEventSource)];

    private static string Say(DateTime time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private async IAsyncEnumerable<JObject> EventsAsync(
        string attribute, string value, DateTime? start, DateTime? end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var request = new LookupEventsRequest { AttributeKey = attribute, AttributeValue = value, StartTime = start, EndTime = end, NextToken = token };
            LookupEventsResponse page = await CallAsync(request, cancellationToken);
            foreach (JObject item in page.Events)
            {
                yield return item;
            }

            // A page that leads to itself would be read without end.
            token = page.NextToken != token || token is null ? page.NextToken : throw AwsErrors.UnexpectedResponse("LookupEvents");
        }
        while (token is not null);
    }

    private async Task<LookupEventsResponse> CallAsync(LookupEventsRequest request, CancellationToken cancellationToken)
    {
        // Signing in may ask the user, and waiting for one's turn is no call: neither counts.
        await _session.CredentialsAsync(cancellationToken);
        await _session.TrailPacer.WaitAsync(cancellationToken);
        TimeSpan timeout = _session.Interaction.Timeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await _session.Trail().LookupEventsAsync(request, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error) when (error is not DataProtectionException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw AwsErrors.Translate(error, $"LookupEvents in {Region}", _session.Secrets, timeout);
        }
    }

    private KmsAuditEvent? Read(JObject item, AuditFilter filter, Action<DataProtectionException> onError)
    {
        try
        {
            string text = item.Text("CloudTrailEvent") ?? throw new DataProtectionException("InvalidAuditRecord", FailureKind.InvalidData, "The event has no CloudTrailEvent.");
            return filter.Select(StrictJson.ParseObject(text, "The record", KmsAuditEvent.MaxRecordBytes));
        }
        catch (DataProtectionException error)
        {
            onError(new DataProtectionException(
                "InvalidAuditRecord",
                FailureKind.InvalidData,
                $"Event {item.Text("EventId") ?? "without an id"} of CloudTrail's event history of {Region} cannot be read: {error.Message}",
                error));
            return null;
        }
    }
}
