namespace ImageBuilderDataProtection.Bench;

/// <summary>One of those that are compared, and the turns that it took.</summary>
/// <param name="name">How the table calls it.</param>
/// <param name="cores">How many cores it may use.</param>
/// <param name="bytes">The bytes of JSON that it goes through in a turn.</param>
/// <param name="expected">What it has to answer.</param>
internal sealed class AuditContestant(string name, int cores, double bytes, long expected)
{
    private readonly List<AuditTurn> _turns = [];

    public string Name => name;

    public int Cores => cores;

    public double Megabytes => bytes / 1e6;

    public bool HasTurns => _turns.Count > 0;

    /// <summary>The most memory that a fresh process of it held; NaN when that was not looked at.</summary>
    public double PeakMegabytes { get; private set; } = double.NaN;

    /// <summary>The median of its turns.</summary>
    public double Seconds => Median(static turn => turn.Seconds);

    /// <summary>The median of its turns, of all cores together.</summary>
    public double CpuSeconds => Median(static turn => turn.CpuSeconds);

    /// <summary>Megabytes a second by the clock.</summary>
    public double Rate => Megabytes / Seconds;

    /// <summary>Megabytes a second of one core's time.</summary>
    public double CpuRate => Megabytes / CpuSeconds;

    public void Take(AuditTurn turn) => _turns.Add(Require(turn));

    public void Remember(AuditTurn turn) => PeakMegabytes = Require(turn).PeakBytes / 1e6;

    private AuditTurn Require(AuditTurn turn) => turn.Matches == expected
        ? turn
        : throw new InvalidOperationException($"{name} found {turn.Matches}, but there are {expected}.");

    private double Median(Func<AuditTurn, double> of) => HasTurns ? _turns.Select(of).Order().ElementAt(_turns.Count / 2) : double.NaN;
}
