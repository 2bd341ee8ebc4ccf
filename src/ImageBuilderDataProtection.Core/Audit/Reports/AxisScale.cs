using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>The scale of an axis that counts: from 0, in steps of 1, 2 or 5 and so many zeros.</summary>
internal readonly record struct AxisScale
{
    private const int Steps = 4;

    /// <summary>A scale up to a number.</summary>
    public AxisScale(long most)
    {
        long step = 1;
        for (int i = 0; (most + step - 1) / step > Steps; i++)
        {
            step = i % 3 == 1 ? step / 2 * 5 : step * 2;
        }

        Step = step;
        Top = Math.Max(1, (most + step - 1) / step) * step;
    }

    /// <summary>From one label to the next.</summary>
    public long Step { get; }

    /// <summary>The end of the scale.</summary>
    public long Top { get; }

    /// <summary>A number of the scale, short: 2,000, 20k, 5M.</summary>
    public static string Label(long value) => value switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.#}B"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.#}M"),
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.#}k"),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };
}
