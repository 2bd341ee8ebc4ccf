namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>The automatic rotation of a key that has it enabled.</summary>
/// <param name="PeriodInDays">The days between rotations.</param>
/// <param name="NextRotation">When the key is due, UTC.</param>
internal sealed record LocalKeyRotation(int PeriodInDays, DateTime NextRotation);
