using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Json;

/// <summary>Finds the place of a value again.</summary>
internal static class JsonPositionExtensions
{
    /// <summary>The place that <see cref="StrictJson"/> noted; the start for a value that was never text.</summary>
    public static JsonPosition AnnotationOrStart(this JToken value) => value.Annotation<JsonPosition>() ?? JsonPosition.Start;
}
