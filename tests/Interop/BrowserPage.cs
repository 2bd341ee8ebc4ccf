using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>A page in headless Chromium, one for all tests of a class.</summary>
public sealed class BrowserPage : IDisposable
{
    private readonly Lazy<JavaScriptPeer> _browser = new(static () => JavaScriptPeer.Start(PeerLibrary.Browser));

    /// <summary>What the page said or did that a page as it should be does not: errors, requests, dialogs, violations of its policy.</summary>
    public string[] Heard => [.. Ask(new { op = "heard" })["heard"]!.Select(static line => (string)line!)];

    /// <summary>Opens a file in a new window.</summary>
    public void Open(string path, int width = 1280, int height = 900, string scheme = "light") => Ask(new { op = "open", path, width, height, scheme });

    /// <summary>The value of an expression in the page.</summary>
    public T Value<T>(string script) => Ask(new { op = "evaluate", script })["value"]!.ToObject<T>()!;

    /// <summary>The texts of the elements that a selector names.</summary>
    public string[] Texts(string selector) => Value<string[]>($"Array.from(document.querySelectorAll({JToken.FromObject(selector).ToString(Newtonsoft.Json.Formatting.None)}), (one) => one.textContent.trim())");

    /// <summary>Waits until an expression in the page is true; the page waits a moment after typing, and animates.</summary>
    public void WaitUntil(string condition) => Assert.True(
        Value<bool>($"new Promise((resolve) => {{ let left = 300; const look = () => {{ if ({condition}) resolve(true); else if (left-- === 0) resolve(false); else setTimeout(look, 50); }}; look() }})"), condition);

    /// <summary>
    /// Waits until the page has said or done what begins so. What the browser refuses is told by its processes in their own time:
    /// of a form that may not be sent, the page hears after its click is done.
    /// </summary>
    public void WaitUntilHeard(string beginning)
    {
        bool IsHeard() => Heard.Any(line => line.StartsWith(beginning, StringComparison.Ordinal));
        Assert.True(SpinWait.SpinUntil(IsHeard, TimeSpan.FromSeconds(30)), $"Not heard: {beginning}");
    }

    /// <summary>Clicks an element.</summary>
    public void Click(string selector) => Ask(new { op = "click", selector });

    /// <summary>Types a text into a field, in place of what is there.</summary>
    public void Fill(string selector, string text) => Ask(new { op = "fill", selector, text });

    /// <summary>Chooses an option by its value.</summary>
    public void Select(string selector, string value) => Ask(new { op = "select", selector, value });

    /// <summary>Presses a key.</summary>
    public void Press(string key) => Ask(new { op = "press", key });

    /// <summary>Shows the page as a medium and a scheme of colours would.</summary>
    public void Emulate(string media, string scheme = "light") => Ask(new { op = "emulate", media, scheme });

    /// <summary>Makes the window another size.</summary>
    public void Resize(int width, int height = 900) => Ask(new { op = "resize", width, height });

    /// <summary>Takes a picture of what is seen.</summary>
    public void Screenshot(string path) => Ask(new { op = "screenshot", path });

    /// <inheritdoc />
    public void Dispose()
    {
        if (_browser.IsValueCreated)
        {
            _browser.Value.Dispose();
        }
    }

    private JObject Ask(object request) => _browser.Value.Ask(request);
}
