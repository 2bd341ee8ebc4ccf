using System.Reflection;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Bench;

/// <summary>A KMS whose every call takes longer by a given time, as over a network.</summary>
public class DelayedKms : DispatchProxy
{
    private IKms _kms = null!;
    private TimeSpan _delay;

    /// <summary>Wraps a KMS.</summary>
    public static IKms Around(IKms kms, TimeSpan delay)
    {
        IKms proxy = Create<IKms, DelayedKms>();
        var delayed = (DelayedKms)(object)proxy;
        (delayed._kms, delayed._delay) = (kms, delay);
        return proxy;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IKms.GenerateDataKeyAsync) => LateAsync(() => (Task<GeneratedDataKey>)targetMethod.Invoke(_kms, args)!),
        _ => throw new NotSupportedException($"{targetMethod.Name} is not measured."),
    };

    private async Task<T> LateAsync<T>(Func<Task<T>> call)
    {
        await Task.Delay(_delay);
        return await call();
    }
}
