namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>Makes one call within its time limit, and turns what goes wrong into one sentence.</summary>
internal static class AwsCall
{
    /// <summary>Signs in where that is needed, and calls.</summary>
    /// <param name="session">The session.</param>
    /// <param name="interaction">What the command allows.</param>
    /// <param name="call">The call, such as <c>LookupEvents in us-west-2</c>.</param>
    /// <param name="send">Sends the request; what it is given ends with the time limit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DataProtectionException">AWS cannot be asked, or refuses; the error id is AWS's code or one of the network.</exception>
    public static async Task<T> RunAsync<T>(
        AwsSession session, AwsInteraction interaction, string call, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        // Signing in may ask the user; that does not count.
        interaction.Begin();
        await session.CredentialsAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(interaction.Timeout);
        try
        {
            return await send(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error) when (error is not DataProtectionException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw AwsErrors.Translate(error, call, session.Secrets, interaction.Timeout);
        }
    }
}
