using System.Management.Automation;
using System.Management.Automation.Host;
using System.Net;
using System.Security;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Asks the user for the code of an MFA device, where there is a user to ask.</summary>
/// <param name="host">The host.</param>
internal sealed class MfaPrompt(PSHost host)
{
    private const string ConsoleHost = "ConsoleHost";

    /// <summary>The code; null when no one can be asked.</summary>
    public string? Ask(string serial)
    {
        // The console would take the code from a pipe or file that feeds the script.
        if (host.UI is null || (host.Name == ConsoleHost && Console.IsInputRedirected))
        {
            return null;
        }

        try
        {
            host.UI.Write($"Code of the MFA device {serial}: ");
            SecureString code = host.UI.ReadLineAsSecureString();
            return new NetworkCredential("", code).Password;
        }
        catch (Exception error) when (error is PSInvalidOperationException or HostException or NotImplementedException or NotSupportedException)
        {
            // A host without a user, such as with -NonInteractive, says so in this way.
            return null;
        }
    }
}
