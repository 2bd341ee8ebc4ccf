namespace ImageBuilderDataProtection.ModuleTests.Faults;

/// <summary>A request for a workflow, as the proxy saw it.</summary>
/// <param name="Workflow">The workflow's ARN.</param>
/// <param name="Invocation">The SDK's id of the call, the same for its repeated attempts.</param>
/// <param name="Attempt">Which of the SDK's attempts it was, from 1. It sends one again when a connection that was used before breaks.</param>
/// <param name="Fault">What was done to it.</param>
internal sealed record ProxyCall(string Workflow, string Invocation, int Attempt, ProxyFault Fault);
