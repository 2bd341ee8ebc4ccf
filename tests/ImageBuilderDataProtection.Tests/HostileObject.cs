using System.Management.Automation;
using System.Reflection;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>
/// Stands in for an object of Core, with each of its properties: every text in it, at any depth, holds what is hostile. Views are
/// chosen by the type's name, so it is shown as an object of the type is.
/// </summary>
internal static class HostileObject
{
    /// <summary>What stands after the hostile characters of each text, and nowhere else.</summary>
    public const string After = "!!";

    private const int Depth = 4;

    /// <summary>An object.</summary>
    /// <param name="type">The full name of its type.</param>
    /// <param name="hostile">The hostile characters.</param>
    public static PSObject Of(string type, string hostile) => Of(CoreType(type), hostile, Depth);

    /// <summary>A type of Core.</summary>
    /// <param name="type">Its full name.</param>
    public static Type CoreType(string type) => Core.GetType(type, throwOnError: true)!;

    /// <summary>The public properties of a type, in the order in which PowerShell shows them.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(static property => property.GetIndexParameters().Length == 0);

    // As the module loaded it, in the context of its own.
    private static Assembly Core => AppDomain.CurrentDomain.GetAssemblies().Single(static assembly => assembly.GetName().Name == "ImageBuilderDataProtection.Core");

    private static PSObject Of(Type type, string hostile, int depth)
    {
        var item = new PSObject();
        item.TypeNames.Clear();
        for (Type? one = type; one is not null; one = one.BaseType)
        {
            item.TypeNames.Add(one.FullName);
        }

        foreach (PropertyInfo property in PropertiesOf(type))
        {
            item.Properties.Add(new PSNoteProperty(property.Name, ValueOf(property.PropertyType, hostile, depth - 1)));
        }

        // The line breaks of JSON and of SQL are their writers' own, which escape those of values. Other characters they may leave.
        string written = $"{{\n  {Text(hostile.ReplaceLineEndings("").Replace("\r", "", StringComparison.Ordinal))}\n}}";
        item.Methods.Add(new PSScriptMethod("ToJson", ScriptBlock.Create($"'{written}'")));
        if (type.Name == "AuditQuery")
        {
            item.Properties["Text"].Value = written;
        }

        return item;
    }

    private static string Text(string hostile) => $"a{hostile}{After}";

    private static object? ValueOf(Type declared, string hostile, int depth)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type == typeof(string) || type == typeof(object) ? Text(hostile)
            : type == typeof(bool) ? true
            : type == typeof(DateTime) ? new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc)
            : type.IsEnum ? Enum.GetValues(type).GetValue(0)
            : type.IsValueType && !IsPair(type) ? Activator.CreateInstance(type)
            : depth == 0 ? null
            : ItemOf(type) is { } item ? new[] { ValueOf(item, hostile, depth) }
            : Of(type, hostile, depth);
    }

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static Type? ItemOf(Type type) => type.GetInterfaces().Append(type)
        .SingleOrDefault(static one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
}
