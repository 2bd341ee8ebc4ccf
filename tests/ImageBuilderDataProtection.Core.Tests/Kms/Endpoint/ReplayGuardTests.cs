using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms.Local.Endpoint;

namespace ImageBuilderDataProtection.Tests.Kms.Endpoint;

public sealed class ReplayGuardTests
{
    private static readonly DateTime Date = new(2026, 11, 24, 10, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime End = Date.AddMinutes(5);

    private readonly ReplayGuard _guard = new();
    private readonly byte[] _signature = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void A_signature_is_taken_once()
    {
        Assert.True(Take(null, 0));
        Assert.False(Take(null, 0));
        Assert.False(Take(null, 299));
    }

    [Fact]
    public void Invocations_that_are_not_signed_are_told_apart_while_the_request_is_fresh()
    {
        Assert.True(Take("first", 0));
        Assert.True(Take("second", 1));
        Assert.False(Take("first", 2));
        Assert.False(Take("second", 2));
        Assert.True(Take("third", 15));
        Assert.False(Take("fourth", 16));
    }

    [Fact]
    public void An_invocation_cannot_be_taken_away_or_put_there()
    {
        Assert.True(Take("first", 0));
        Assert.False(Take(null, 1));
        byte[] other = RandomNumberGenerator.GetBytes(32);
        Assert.True(_guard.TryTake(other, null, Date, End, Date));
        Assert.False(_guard.TryTake(other, "forged", Date, End, Date.AddSeconds(16)));
    }

    [Fact]
    public void What_was_first_taken_without_an_invocation_is_not_taken_again_with_one()
    {
        Assert.True(Take(null, 0));
        Assert.False(Take("forged", 1));
        Assert.False(Take("forged", 14));
        Assert.False(Take("forged again", 299));
    }

    [Fact]
    public void A_request_that_arrives_late_is_taken_once()
    {
        Assert.True(Take("first", 200));
        Assert.False(Take("second", 200));
    }

    [Fact]
    public void What_is_past_its_date_is_forgotten()
    {
        Assert.True(Take(null, 0));
        Assert.True(_guard.TryTake(RandomNumberGenerator.GetBytes(32), null, Date.AddHours(1), End.AddHours(1), Date.AddHours(1)));
        Assert.True(Take(null, 3600));
    }

    private bool Take(string? invocation, int secondsLater) => _guard.TryTake(_signature, invocation, Date, End, Date.AddSeconds(secondsLater));
}
