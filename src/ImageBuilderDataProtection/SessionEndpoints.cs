using System.Management.Automation.Runspaces;

namespace ImageBuilderDataProtection;

/// <summary>
/// The endpoints that sessions have started. An endpoint ends with its session at the latest: when the runspace closes, or
/// when the module is removed from it.
/// </summary>
internal static class SessionEndpoints
{
    private static readonly object Gate = new();
    private static readonly Dictionary<Guid, List<IDisposable>> ByRunspace = [];

    /// <summary>Ties an endpoint to a session.</summary>
    public static void Add(Runspace runspace, IDisposable endpoint)
    {
        lock (Gate)
        {
            if (!ByRunspace.TryGetValue(runspace.InstanceId, out List<IDisposable>? endpoints))
            {
                ByRunspace[runspace.InstanceId] = endpoints = [];
                runspace.StateChanged += StopWhenClosed;
            }

            endpoints.Add(endpoint);
        }
    }

    /// <summary>The endpoints that a session has started and not stopped.</summary>
    public static IReadOnlyList<IDisposable> Of(Runspace runspace)
    {
        lock (Gate)
        {
            return ByRunspace.TryGetValue(runspace.InstanceId, out List<IDisposable>? endpoints) ? [.. endpoints] : [];
        }
    }

    /// <summary>Stops an endpoint, whichever session started it.</summary>
    public static void Stop(IDisposable endpoint)
    {
        lock (Gate)
        {
            foreach (List<IDisposable> endpoints in ByRunspace.Values)
            {
                endpoints.Remove(endpoint);
            }
        }

        endpoint.Dispose();
    }

    /// <summary>Stops all endpoints of a session.</summary>
    public static void StopAll(Runspace runspace)
    {
        foreach (IDisposable endpoint in Of(runspace))
        {
            try
            {
                Stop(endpoint);
            }
            catch (DataProtectionException)
            {
                // It has stopped, but its credentials could not be revoked. The session is over, so there is no one to tell; the others must stop, too.
            }
        }

        lock (Gate)
        {
            ByRunspace.Remove(runspace.InstanceId);
            runspace.StateChanged -= StopWhenClosed;
        }
    }

    private static void StopWhenClosed(object? sender, RunspaceStateEventArgs state)
    {
        if (state.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
        {
            StopAll((Runspace)sender!);
        }
    }
}
