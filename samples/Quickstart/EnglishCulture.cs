using System.Globalization;

namespace ImageBuilderDataProtection.Quickstart;

/// <summary>
/// The invariant culture under the name of a language. The engine breaks lines between words only where the culture's
/// language is one that it knows to have spaces, and a machine without ICU libraries has only the invariant culture.
/// </summary>
internal sealed class EnglishCulture() : CultureInfo("", useUserOverride: false)
{
    /// <summary>Makes it the culture of the threads on which the engine will run.</summary>
    public static void UseByDefault() => DefaultThreadCurrentCulture = new EnglishCulture();

    /// <inheritdoc />
    public override string TwoLetterISOLanguageName => "en";
}
