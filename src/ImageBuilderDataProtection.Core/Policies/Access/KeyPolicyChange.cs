using ImageBuilderDataProtection.Json;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>A change of a key policy, as the texts before and after it.</summary>
public sealed class KeyPolicyChange
{
    internal KeyPolicyChange(string before, string after)
    {
        Before = before;
        After = after;
        (string[] old, string[] next) = (StatementsOf(before), StatementsOf(after));
        Removed = Except(old, next);
        Added = Except(next, old);
    }

    /// <summary>The policy's JSON before.</summary>
    public string Before { get; }

    /// <summary>The policy's JSON after; the very same text when nothing changes.</summary>
    public string After { get; }

    /// <summary>The statements that are not there any more as they were, each as indented JSON.</summary>
    public IReadOnlyList<string> Removed { get; }

    /// <summary>The statements that were not there as they are, each as indented JSON.</summary>
    public IReadOnlyList<string> Added { get; }

    /// <summary>Whether anything changes.</summary>
    public bool IsChange => Before != After;

    /// <summary>Whether another change takes out and puts in the same statements.</summary>
    internal bool DoesTheSame(KeyPolicyChange other) => Removed.SequenceEqual(other.Removed) && Added.SequenceEqual(other.Added);

    /// <summary>The statements that go, each line after a <c>-</c>, and those that come, each after a <c>+</c>.</summary>
    public override string ToString() => string.Join('\n', [.. Removed.Select(static statement => Mark('-', statement)), .. Added.Select(static statement => Mark('+', statement))]);

    private static string Mark(char sign, string statement) => string.Join('\n', statement.Split('\n').Select(line => $"{sign} {line}"));

    private static string[] StatementsOf(string json)
    {
        var text = KeyPolicyText.Parse(json);
        return [.. text.Policy.Statements.Select(statement => StrictJson.Write(text.Statement(statement.Index), indented: true))];
    }

    // One that stands twice counts twice.
    private static List<string> Except(IEnumerable<string> all, IEnumerable<string> others)
    {
        List<string> left = [.. all];
        foreach (string other in others)
        {
            left.Remove(other);
        }

        return left;
    }
}
