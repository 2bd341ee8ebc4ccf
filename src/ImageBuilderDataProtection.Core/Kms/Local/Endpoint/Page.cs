using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>One part of a list, as KMS hands lists out: at most a limit, from after a marker, which here is the last item's name.</summary>
internal static class Page
{
    /// <summary>The output of a list operation.</summary>
    /// <param name="member">The member that holds the items.</param>
    /// <param name="items">All items with their names, in ordinal order of these.</param>
    /// <param name="page">What the request asks for.</param>
    /// <param name="defaultLimit">How many, when the request does not say.</param>
    public static JObject Of(string member, IEnumerable<(string Name, JObject Item)> items, ListPage page, int defaultLimit)
    {
        int limit = page.Limit ?? defaultLimit;
        (string Name, JObject Item)[] part =
        [
            .. items.Where(item => page.Marker is null || string.CompareOrdinal(item.Name, page.Marker) > 0).Take(limit + 1),
        ];
        bool isTruncated = part.Length > limit;
        var output = new JObject { [member] = new JArray(part.Take(limit).Select(static item => item.Item)), ["Truncated"] = isTruncated };
        if (isTruncated)
        {
            output["NextMarker"] = part[limit - 1].Name;
        }

        return output;
    }
}
