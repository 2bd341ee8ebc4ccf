namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Matches ARNs as the operators ArnEquals and ArnLike do: each of the six parts by itself, with wildcards, so that no
/// wildcard reaches over a colon ("Amazon Resource Name (ARN) condition operators" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN).
/// </summary>
internal sealed class ArnPattern
{
    /// <summary>How many parts an ARN has.</summary>
    public const int Parts = 6;

    private readonly PolicyText[] _parts;

    private ArnPattern(PolicyText[] parts) => _parts = parts;

    /// <summary>The pattern of a text; null when it has not the parts of an ARN.</summary>
    public static ArnPattern? From(PolicyText text) => text.Split(Parts) is { } parts ? new ArnPattern(parts) : null;

    /// <summary>Whether a text of a request has the parts of an ARN.</summary>
    public static bool IsArn(ReadOnlySpan<char> text) => text.Count(':') >= Parts - 1;

    /// <summary>Whether the pattern matches an ARN.</summary>
    public bool IsMatch(ReadOnlySpan<char> arn, RequestConditions request)
    {
        for (int i = 0; i < Parts - 1; i++)
        {
            int colon = arn.IndexOf(':');
            if (!_parts[i].IsMatch(arn[..colon], request))
            {
                return false;
            }

            arn = arn[(colon + 1)..];
        }

        return _parts[Parts - 1].IsMatch(arn, request);
    }
}
