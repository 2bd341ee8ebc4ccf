using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Json;

/// <summary>The AWS page's four JSON examples.</summary>
internal static class Examples
{
    public static string KeyPolicy => Read("key-policy.json");

    public static string RolePolicy => Read("role-policy-statement.json");

    public static string GenerateDataKey => Read("cloudtrail-generate-data-key.json");

    public static string Decrypt => Read("cloudtrail-decrypt.json");

    /// <summary>Names, nesting, order and types of a value, without the values themselves.</summary>
    public static string Shape(JToken value, string path = "") => value switch
    {
        JObject properties => string.Concat(properties.Properties().Select(property => Shape(property.Value, $"{path}/{property.Name}"))) + $"{path}:object\n",
        JArray items => string.Concat(items.Select((item, index) => Shape(item, $"{path}/{index}"))) + $"{path}:array\n",
        _ => $"{path}:{value.Type}\n",
    };

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "reference", name));
}
