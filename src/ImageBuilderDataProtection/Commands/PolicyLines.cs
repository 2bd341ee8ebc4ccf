namespace ImageBuilderDataProtection.Commands;

/// <summary>Puts a policy together that Get-Content sends line by line, as ConvertFrom-Json does.</summary>
internal sealed class PolicyLines
{
    private readonly List<string> _lines = [];

    /// <summary>The lines that have come since the last whole policy; null when there are none.</summary>
    public string? Rest => _lines.Count == 0 ? null : string.Join('\n', _lines);

    /// <summary>A whole policy, or null for a line that others must follow.</summary>
    public string? Add(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (_lines.Count == 0 && (!trimmed.StartsWith("{") || trimmed.EndsWith("}")))
        {
            return text;
        }

        _lines.Add(text);
        return null;
    }
}
