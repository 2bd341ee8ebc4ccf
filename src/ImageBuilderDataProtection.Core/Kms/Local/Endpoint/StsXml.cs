using System.Xml;
using System.Xml.Linq;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>Writes the XML of the Query protocol ("AssumeRole", "GetCallerIdentity" and "Common errors" in the AWS STS API Reference).</summary>
internal static class StsXml
{
    private static readonly XNamespace Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    /// <summary>The answer of an operation: its name, and what its result holds.</summary>
    public static string Response(string operation, XElement result, string requestId) => new XElement(
        Namespace + (operation + "Response"),
        Qualified(result),
        new XElement(Namespace + "ResponseMetadata", new XElement(Namespace + "RequestId", requestId))).ToString();

    /// <summary>An error.</summary>
    public static string Error(string code, string message, bool isSender, string requestId) => new XElement(
        Namespace + "ErrorResponse",
        new XElement(
            Namespace + "Error",
            new XElement(Namespace + "Type", isSender ? "Sender" : "Receiver"),
            new XElement(Namespace + "Code", code),
            new XElement(Namespace + "Message", Printable(message))),
        new XElement(Namespace + "RequestId", requestId)).ToString();

    // A message can quote what was sent; XML has no way to write some characters.
    private static string Printable(string text) => string.Concat(text.Select(static one => XmlConvert.IsXmlChar(one) || char.IsSurrogate(one) ? one : '?'));

    private static XElement Qualified(XElement element) => new(
        Namespace + element.Name.LocalName, element.HasElements ? element.Elements().Select(Qualified) : element.Value);
}
