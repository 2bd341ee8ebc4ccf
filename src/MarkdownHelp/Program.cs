using System.Text;
using System.Xml;

namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>Compiles a folder of help pages: <c>MarkdownHelp {folder of pages} {folder of help files} {cmdlet assembly's file name}</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length != 3)
        {
            Console.Error.WriteLine("Usage: MarkdownHelp <folder of pages> <folder of help files> <cmdlet assembly's file name>");
            return 2;
        }

        try
        {
            Compile(arguments[0], arguments[1], arguments[2]);
            return 0;
        }
        catch (PageException error)
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
    }

    private static void Compile(string source, string target, string assembly)
    {
        string[] files = Directory.GetFiles(source, "*.md");
        Array.Sort(files, StringComparer.Ordinal);
        CommandPage[] pages = [.. files.Where(static file => !IsTopic(file)).Select(CommandPage.Read)];

        Directory.CreateDirectory(target);
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) };
        using (var writer = XmlWriter.Create(Path.Combine(target, assembly + "-Help.xml"), settings))
        {
            MamlWriter.Write(pages).Save(writer);
        }

        foreach (string file in files.Where(IsTopic))
        {
            File.WriteAllText(Path.Combine(target, Path.GetFileNameWithoutExtension(file) + ".help.txt"), TopicWriter.Write(file));
        }
    }

    private static bool IsTopic(string file) => Path.GetFileName(file).StartsWith("about_", StringComparison.Ordinal);
}
