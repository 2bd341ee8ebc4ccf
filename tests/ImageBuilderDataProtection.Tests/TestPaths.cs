using System.Reflection;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Where the build put things.</summary>
internal static class TestPaths
{
    /// <summary>The importable module.</summary>
    public static string Module { get; } = Metadata("ModuleFolder");

    /// <summary>The root of the sources.</summary>
    public static string Repository { get; } = Metadata("RepositoryRoot");

    /// <summary>The help compiler's assembly.</summary>
    public static string HelpCompiler { get; } = Metadata("HelpCompiler");

    private static string Metadata(string key) =>
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
