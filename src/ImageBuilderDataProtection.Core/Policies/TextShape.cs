namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// A set of texts, as a row of characters of which each is one, one of a few, or any, once or any number of times: enough to
/// tell whether two descriptions, such as a pattern of a policy and the form of an ARN, have a text in common.
/// </summary>
internal sealed class TextShape
{
    private readonly Element[] _elements;

    private TextShape(IEnumerable<Element> elements) => _elements = [.. elements];

    /// <summary>No text but the empty one; the start of a longer shape.</summary>
    public static TextShape Empty { get; } = new([]);

    /// <summary>The texts that a pattern of a policy matches, with its wildcards as <see cref="WildcardPattern"/> has them.</summary>
    public static TextShape Of(string pattern) => new(pattern.Select(static character => character switch
    {
        WildcardPattern.Any => new Element(null, Repeats: true),
        WildcardPattern.One => new Element(null, Repeats: false),
        _ => new Element(character.ToString(), Repeats: false),
    }));

    /// <summary>The texts that go on with this very text.</summary>
    public TextShape Then(string text) => new(_elements.Concat(text.Select(static character => new Element(character.ToString(), Repeats: false))));

    /// <summary>The texts that go on with so many of these characters.</summary>
    public TextShape ThenOneOf(string characters, int count = 1) => new(_elements.Concat(Enumerable.Repeat(new Element(characters, Repeats: false), count)));

    /// <summary>The texts that go on with any number of these characters, or none.</summary>
    public TextShape ThenAnyOf(string characters) => new([.. _elements, new Element(characters, Repeats: true)]);

    /// <summary>Whether some text is of both shapes. The time is the product of the two lengths.</summary>
    public bool Overlaps(TextShape other)
    {
        // reached[j]: the elements of this shape so far and the first j of the other can spell the same text.
        bool[] reached = new bool[other._elements.Length + 1];
        reached[0] = true;
        other.SkipRepeats(reached);
        foreach (Element mine in _elements)
        {
            bool[] next = new bool[reached.Length];
            for (int j = 0; j < reached.Length; j++)
            {
                bool isHere = reached[j] || (mine.Repeats && next[j]);
                next[j] |= mine.Repeats && isHere;
                if (isHere && j < other._elements.Length && mine.Shares(other._elements[j]))
                {
                    // The pair spells a character; whichever of the two repeats may stay for another.
                    next[j] |= other._elements[j].Repeats;
                    next[j + 1] |= mine.Repeats || !other._elements[j].Repeats;
                }

                other.SkipRepeat(next, j);
            }

            reached = next;
        }

        return reached[^1];
    }

    /// <summary>A shortest text that is of all the shapes; null when there is none. The time is the product of their lengths at worst.</summary>
    public static string? FindCommon(IReadOnlyList<TextShape> shapes)
    {
        int[] start = new int[shapes.Count];
        var known = new HashSet<string>(StringComparer.Ordinal) { NameOf(start) };
        var waiting = new Queue<(int[] Places, string Text)>([(start, "")]);
        while (waiting.TryDequeue(out (int[] Places, string Text) here))
        {
            if (shapes.Select((shape, i) => shape._elements.Skip(here.Places[i]).All(static element => element.Repeats)).All(static ends => ends))
            {
                return here.Text;
            }

            foreach ((int[] places, char character) in Steps(shapes, here.Places))
            {
                if (known.Add(NameOf(places)))
                {
                    waiting.Enqueue((places, here.Text + character));
                }
            }
        }

        return null;
    }

    private static string NameOf(int[] places) => string.Join(',', places);

    // Every way in which all shapes spell one more character.
    private static IEnumerable<(int[] Places, char Character)> Steps(IReadOnlyList<TextShape> shapes, int[] places)
    {
        IEnumerable<(int[] Places, string? Characters)> ways = [(places, null)];
        for (int i = 0; i < shapes.Count; i++)
        {
            int shape = i;
            ways = ways.SelectMany(way => shapes[shape].Next(places[shape])
                .Where(next => new Element(way.Characters, Repeats: false).Shares(next.Element))
                .Select(next => (With(way.Places, shape, next.Place), Intersect(way.Characters, next.Element.Characters))));
        }

        return ways.Select(static way => (way.Places, way.Characters is null ? 'a' : way.Characters[0]));

        static int[] With(int[] places, int index, int place) => [.. places.Select((one, i) => i == index ? place : one)];
        static string? Intersect(string? a, string? b) => a is null ? b : b is null ? a : string.Concat(a.Where(b.Contains));
    }

    // The elements that may spell the next character, each with the place after it.
    private IEnumerable<(Element Element, int Place)> Next(int place)
    {
        for (int i = place; i < _elements.Length; i++)
        {
            yield return (_elements[i], _elements[i].Repeats ? i : i + 1);
            if (!_elements[i].Repeats)
            {
                yield break;
            }
        }
    }

    private void SkipRepeats(bool[] reached)
    {
        for (int j = 0; j < _elements.Length; j++)
        {
            SkipRepeat(reached, j);
        }
    }

    // A repeated element may stand for nothing.
    private void SkipRepeat(bool[] reached, int index)
    {
        if (index < _elements.Length && _elements[index].Repeats)
        {
            reached[index + 1] |= reached[index];
        }
    }

    /// <summary>One place of a text.</summary>
    /// <param name="Characters">What can stand there; null for anything.</param>
    /// <param name="Repeats">Whether it can stand there any number of times, or not at all.</param>
    private readonly record struct Element(string? Characters, bool Repeats)
    {
        public bool Shares(Element other) =>
            Characters is null || other.Characters is null || Characters.AsSpan().IndexOfAny(other.Characters) >= 0;
    }
}
