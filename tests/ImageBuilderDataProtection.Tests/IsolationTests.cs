using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class IsolationTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Core_and_its_dependencies_load_in_a_context_of_their_own()
    {
        // Any use of Core will do; this one needs Newtonsoft.Json and no KMS.
        _engine.Run(UseOfCore).NoErrors();

        string lib = Path.Combine(TestPaths.Module, "lib");
        Assembly[] ours = [.. AssemblyLoadContext.All
            .SelectMany(static context => context.Assemblies)
            .Where(assembly => !assembly.IsDynamic && Path.GetDirectoryName(assembly.Location) == lib)];
        Assert.Contains(ours, static assembly => assembly.GetName().Name == "ImageBuilderDataProtection.Core");
        Assert.Contains(ours, static assembly => assembly.GetName().Name == "Newtonsoft.Json");
        Assert.All(ours, static assembly =>
            Assert.Equal("ImageBuilderDataProtection", AssemblyLoadContext.GetLoadContext(assembly)!.Name));
    }

    [Fact]
    public void The_sessions_own_Newtonsoft_Json_stays_what_it_was()
    {
        _engine.Run(UseOfCore).NoErrors();

        Assembly theirs = Assert.Single(
            AssemblyLoadContext.Default.Assemblies, static assembly => assembly.GetName().Name == "Newtonsoft.Json");
        Assert.StartsWith("13.0.1.", FileVersionInfo.GetVersionInfo(theirs.Location).FileVersion, StringComparison.Ordinal);
        string ours = Path.Combine(TestPaths.Module, "lib", "Newtonsoft.Json.dll");
        Assert.StartsWith("13.0.4.", FileVersionInfo.GetVersionInfo(ours).FileVersion, StringComparison.Ordinal);
        Assert.NotEqual(ours, _engine.Run("[Newtonsoft.Json.JsonConvert].Assembly.Location").Only().BaseObject);
    }

    [Theory]
    [InlineData("-ProfileName none", "ProfileNotFound")]
    [InlineData("-ProfileName sso", "SignInNeeded")]
    public void Another_AWS_SDK_in_the_session_is_not_ours_and_ours_not_its(string parameters, string errorId)
    {
        // The SDK looks for its sign-in clients among all assemblies of the process; with those it would fail in another way.
        ScriptResult result = _engine.Run("Get-IBWorkflowKey alias/ExampleKMSKey -Region us-west-2 " + parameters);
        Assert.StartsWith(errorId + ",", result.Error().FullyQualifiedErrorId, StringComparison.Ordinal);

        string lib = Path.Combine(TestPaths.Module, "lib");
        Assembly ours = Assert.Single(
            AssemblyLoadContext.All.Single(static context => context.Name == "ImageBuilderDataProtection").Assemblies,
            static assembly => assembly.GetName().Name == "AWSSDK.Core");
        Assert.Equal(Path.Combine(lib, "AWSSDK.Core.dll"), ours.Location);
        Assembly theirs = Assert.Single(AssemblyLoadContext.Default.Assemblies, static assembly => assembly.GetName().Name == "AWSSDK.Core");
        Assert.NotEqual(FileVersionInfo.GetVersionInfo(ours.Location).FileVersion, FileVersionInfo.GetVersionInfo(theirs.Location).FileVersion);
        Assert.Equal(theirs.Location, _engine.Run("[Amazon.Runtime.AWSCredentials].Assembly.Location").Only().BaseObject);
    }

    [Fact]
    public void The_default_context_holds_none_of_ours_but_the_cmdlets()
    {
        _engine.Run(UseOfCore).NoErrors();

        Assembly[] leaked = [.. AssemblyLoadContext.Default.Assemblies.Where(static assembly =>
            !assembly.IsDynamic && assembly.Location.StartsWith(TestPaths.Module, StringComparison.Ordinal))];
        Assert.Equal(["ImageBuilderDataProtection"], leaked.Select(static assembly => assembly.GetName().Name));
        Assert.Throws<FileNotFoundException>(static () =>
            AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName("BouncyCastle.Cryptography")));
    }

    [Fact]
    public void The_module_can_be_removed_and_imported_again_while_another_runspace_uses_it()
    {
        using var other = new Engine();
        other.Run("Remove-Module ImageBuilderDataProtection").NoErrors();
        _engine.Run(UseOfCore).NoErrors();
        other.Run("param($module) Import-Module $module", ("module", TestPaths.Module)).NoErrors();
        other.Run(UseOfCore).NoErrors();
    }

    private const string UseOfCore =
        "New-IBWorkflowKeyPolicy -ExecutionRoleArn arn:aws:iam::111122223333:role/Role | ForEach-Object ToJson";
}
