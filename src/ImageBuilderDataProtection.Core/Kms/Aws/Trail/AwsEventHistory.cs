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
    private readonly AwsInteraction _interaction;
    private readonly TimeProvider _clock;

    internal AwsEventHistory(AwsSession session, AwsInteraction interaction, TimeProvider clock)
    {
        _session = session;
        _interaction = interaction;
        _clock = clock;
    }

    /// <summary>How long the event history keeps an event.</summary>
    public static TimeSpan Retention { get; } = TimeSpan.FromDays(90);

    /// <summary>The region.</summary>
    public string Region => _session.Region;

    /// <summary>
    /// Reads records, the newest first; a page is asked for when it is taken. CloudTrail is asked by event id, else by key
    /// ARN, else by event source; what it cannot be asked for is left out here. Reading ends when every request id asked for
    /// was found.
    /// </summary>
    /// <param name="filter">Which records are wanted.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DataProtectionException">CloudTrail cannot be asked, or refuses; the error id is AWS's code or one of the network.</exception>
    public async IAsyncEnumerable<EventHistoryPage> ReadAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        DateTime oldest = _clock.GetUtcNow().UtcDateTime - Retention;
        if (filter.Times.Start < oldest || filter.Times.End < oldest)
        {
            yield return new EventHistoryPage { Warnings = [TooOld(oldest)] };
        }

        // CloudTrail refuses a time that it can have nothing of.
        if (filter.Times.End < oldest)
        {
            yield break;
        }

        DateTime? start = filter.Times.Start < oldest ? oldest : filter.Times.Start;
        var missing = new HashSet<string>(filter.RequestIds.Concat(filter.EventIds), StringComparer.OrdinalIgnoreCase);
        foreach (LookupEventsRequest request in Lookups(filter, start))
        {
            await foreach (LookupEventsResponse response in PagesAsync(request, cancellationToken))
            {
                EventHistoryPage page = Read(response, filter);
                missing.ExceptWith(page.Records.Select(static record => record.RequestId ?? ""));
                missing.ExceptWith(page.Records.Select(static record => record.EventId ?? ""));
                yield return page;
                if (filter.RequestIds.Count > 0 && missing.Count == 0)
                {
                    yield break;
                }
            }
        }

        if (missing.Count > 0)
        {
            yield return new EventHistoryPage { Warnings = [Missing(missing)] };
        }
    }

    private static IEnumerable<LookupEventsRequest> Lookups(AuditFilter filter, DateTime? start)
    {
        DateTime? end = filter.Times.End;
        return filter.EventIds.Count > 0 ? filter.EventIds.Distinct(StringComparer.OrdinalIgnoreCase).Select(id => Lookup("EventId", id))
            : filter.Key is { Kind: KeyIdentifierKind.KeyArn } key ? [Lookup("ResourceName", key.Value)]
            : [Lookup("EventSource", KmsAuditEvent.KmsEventSource)];

        LookupEventsRequest Lookup(string attribute, string value) => new(attribute, value, start, end);
    }

    private static string TooOld(DateTime oldest) =>
        $"CloudTrail's event history goes back {Retention.Days} days, to {oldest.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}; "
        + "older records are in the files of a trail, if the account has one, which -Path reads.";

    private string Missing(IEnumerable<string> ids) =>
        $"CloudTrail's event history of {Region} has no such KMS record with the id {string.Join(", ", ids)}; records come some 5 minutes after the call on average, "
        + "and at times later, so try again, and check -Region and the account.";

    private async IAsyncEnumerable<LookupEventsResponse> PagesAsync(LookupEventsRequest first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (LookupEventsRequest? request = first; request is not null;)
        {
            LookupEventsResponse page = await CallAsync(request, cancellationToken);
            yield return page;

            // A page that leads to itself would be read without end.
            request = page.NextToken is null ? null
                : page.NextToken != request.NextToken ? request.Next(page.NextToken)
                : throw AwsErrors.UnexpectedResponse($"LookupEvents in {Region}");
        }
    }

    private async Task<LookupEventsResponse> CallAsync(LookupEventsRequest request, CancellationToken cancellationToken)
    {
        // Waiting for one's turn is no call, so it does not count.
        await _session.TrailPacer.WaitAsync(cancellationToken);
        return await AwsCall.RunAsync(_session, _interaction, $"LookupEvents in {Region}", stop => _session.Trail(Region).LookupEventsAsync(request, stop), cancellationToken);
    }

    private EventHistoryPage Read(LookupEventsResponse response, AuditFilter filter)
    {
        var records = new List<KmsAuditEvent>();
        var failures = new List<DataProtectionException>();
        int refusedWithoutParameters = 0;
        foreach (JObject item in response.Events)
        {
            try
            {
                string text = item.Text("CloudTrailEvent") ?? throw Unreadable(item, "it has no CloudTrailEvent.");
                if (filter.Select(StrictJson.Encode(text, KmsAuditEvent.What, KmsAuditEvent.MaxRecordBytes), sourceFile: null, () => refusedWithoutParameters++) is { } record)
                {
                    records.Add(record);
                }
            }
            catch (DataProtectionException error)
            {
                failures.Add(Unreadable(item, error.Message, error));
            }
        }

        return new EventHistoryPage { Records = records, Failures = failures, EventCount = response.Events.Count, Reached = Reached(response), RefusedWithoutParameters = refusedWithoutParameters };
    }

    private static DateTime? Reached(LookupEventsResponse response) =>
        response.Events is [.., var last] && last["EventTime"] is JValue { Value: long seconds and >= 0 and < 253_402_300_800 } ? DateTime.UnixEpoch.AddSeconds(seconds) : null;

    private DataProtectionException Unreadable(JObject item, string why, Exception? cause = null) => new(
        "InvalidAuditRecord",
        FailureKind.InvalidData,
        $"Event {item.Text("EventId") ?? "without an id"} of CloudTrail's event history of {Region} cannot be read: {why}",
        cause);
}
