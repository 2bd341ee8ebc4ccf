using System.Management.Automation.Host;

namespace ImageBuilderDataProtection.Quickstart;

/// <summary>Tells the formatter how wide a line is; there is no screen.</summary>
/// <param name="width">The number of columns.</param>
internal sealed class TextRawUserInterface(int width) : PSHostRawUserInterface
{
    private const int Height = 25;

    /// <inheritdoc />
    public override Size BufferSize { get; set; } = new(width, Height);

    /// <inheritdoc />
    public override Size WindowSize
    {
        get => BufferSize;
        set => BufferSize = value;
    }

    /// <inheritdoc />
    public override Size MaxWindowSize => BufferSize;

    /// <inheritdoc />
    public override Size MaxPhysicalWindowSize => BufferSize;

    /// <inheritdoc />
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    /// <inheritdoc />
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    /// <inheritdoc />
    public override Coordinates CursorPosition { get; set; }

    /// <inheritdoc />
    public override Coordinates WindowPosition { get; set; }

    /// <inheritdoc />
    public override int CursorSize { get; set; }

    /// <inheritdoc />
    public override string WindowTitle { get; set; } = "";

    /// <inheritdoc />
    public override bool KeyAvailable => false;

    /// <inheritdoc />
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException("This host reads no keys.");

    /// <inheritdoc />
    public override void FlushInputBuffer()
    {
    }

    /// <inheritdoc />
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException("This host has no screen buffer.");

    /// <inheritdoc />
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) =>
        throw new NotSupportedException("This host has no screen buffer.");

    /// <inheritdoc />
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) =>
        throw new NotSupportedException("This host has no screen buffer.");

    /// <inheritdoc />
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new NotSupportedException("This host has no screen buffer.");
}
