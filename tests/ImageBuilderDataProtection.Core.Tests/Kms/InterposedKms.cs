using System.Reflection;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Tests.Kms;

/// <summary>A KMS between whose calls something else happens.</summary>
public class InterposedKms : DispatchProxy
{
    private IKms _kms = null!;
    private Action<string> _after = null!;

    /// <summary>The calls that were made.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What GetKeyPolicy answers; null for what the KMS that is wrapped does.</summary>
    public string? KeyPolicy { get; set; }

    /// <summary>Wraps a KMS.</summary>
    /// <param name="kms">The KMS that answers.</param>
    /// <param name="after">Is called with the operation's name after each call, before its answer is handed on.</param>
    public static IKms Around(IKms kms, Action<string> after)
    {
        IKms proxy = Create<IKms, InterposedKms>();
        var interposed = (InterposedKms)(object)proxy;
        (interposed._kms, interposed._after) = (kms, after);
        return proxy;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        object? answer = targetMethod!.Invoke(_kms, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        ((Task)answer!).GetAwaiter().GetResult();
        string call = targetMethod.Name[..^"Async".Length];
        Calls.Add(call);
        _after(call);
        return KeyPolicy is not null && answer is Task<ReadKeyPolicy> read ? Task.FromResult(read.Result with { Policy = KeyPolicy }) : answer;
    }
}
