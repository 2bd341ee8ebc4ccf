using System.Buffers;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Interop;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Bench;

/// <summary>Protecting and opening messages against the bare cryptography in them, against a peer, and on two cores.</summary>
internal static class MessageBenchmark
{
    private static readonly int[] Lengths = [2 * 1024, 16 * 1024, 1024 * 1024];
    private static readonly EncryptionContext Context = EncryptionContext.Empty.With(
        EncryptionContext.WorkflowArnKey, "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*");

    private static readonly InMemoryKeyring Keyring = new();

    public static async Task RunAsync()
    {
        Console.WriteLine("One thread, frames of 4,096 bytes. Rates a second: ours into a new array each (new) and into one buffer used");
        Console.WriteLine("again (reused), and the bare primitives, which all write where they wrote before. Allocation of the first as a");
        Console.WriteLine("multiple of the message, in brackets the bare primitives' own. Goals: 0.85 of the primitives; allocation under 2.");
        Console.WriteLine();
        Console.WriteLine("                           new   reused   primitives   new/prim.   reused/prim.   allocated");
        foreach (AlgorithmSuite suite in (AlgorithmSuite[])[AlgorithmSuite.Default, AlgorithmSuite.Unsigned])
        {
            foreach (int length in Lengths)
            {
                await CompareWithPrimitivesAsync(suite, length);
            }
        }

        await CompareBatchAsync();
        await CompareWithPeerAsync();
    }

    private static async Task CompareWithPrimitivesAsync(AlgorithmSuite suite, int length)
    {
        byte[] plaintext = RandomNumberGenerator.GetBytes(length);
        byte[] message = await ProtectAsync(plaintext, suite);
        int headerLength = MessageHeader.Read(message).HeaderLength;
        var primitives = new Primitives(length, headerLength, message.Length, MessageOptions.DefaultFrameLength, suite.IsSigning);

        var buffer = new ArrayBufferWriter<byte>(message.Length);
        Action protect = () => Wait(ProtectAsync(plaintext, suite));
        Action open = () => Wait(OpenAsync(message));
        double[] rates = Rate.Measure(
            protect, () => Wait(ProtectIntoAsync(buffer, plaintext, suite)), primitives.Protect, open, () => Wait(OpenIntoAsync(buffer, message)), primitives.Open);
        Print("protect", rates[..3], Rate.Allocated(protect), Rate.Allocated(primitives.Protect));
        Print("open", rates[3..], Rate.Allocated(open), Rate.Allocated(primitives.Open));

        void Print(string what, double[] rates, long allocated, long bareAllocated) => Console.WriteLine(
            $"{what,-8} {Size(length),-7} {Name(suite),-9}{rates[0],7:N0}  {rates[1],7:N0}      {rates[2],7:N0}        {rates[0] / rates[2]:F2}           {rates[1] / rates[2]:F2}   " +
            $"{(double)allocated / message.Length,6:F2} ({(double)bareAllocated / message.Length:F2})");
    }

    private static async Task CompareBatchAsync()
    {
        const int Count = 400;
        byte[] plaintext = RandomNumberGenerator.GetBytes(16 * 1024);
        byte[] message = await ProtectAsync(plaintext, AlgorithmSuite.Default);
        Console.WriteLine();
        Console.WriteLine($"A batch of {Count} signed messages of 16 KB on {Environment.ProcessorCount} cores. Goal: 1.8 times one thread's rate.");
        Console.WriteLine();
        Console.WriteLine("                        batch   one thread   ratio");
        PrintBatch("protect", () => Wait(ProtectAsync(plaintext, AlgorithmSuite.Default)));
        PrintBatch("open", () => Wait(OpenAsync(message)));

        static void PrintBatch(string what, Action one)
        {
            double[] rates = Rate.Measure(() => Parallel.For(0, Count, _ => one()), () => Repeat(one, Count));
            Console.WriteLine($"{what,-8}              {rates[0] * Count,8:N0}     {rates[1] * Count,8:N0}    {rates[0] / rates[1]:F2}");
        }
    }

    private static async Task CompareWithPeerAsync()
    {
        Console.WriteLine();
        if (JavaScriptPeer.WhatIsMissing(PeerLibrary.EncryptionSdk) is string why)
        {
            Console.WriteLine($"The JavaScript Encryption SDK was not measured: {why}.");
            return;
        }

        Console.WriteLine("The JavaScript Encryption SDK on the same messages, its data key wrapped by an AES key in memory.");
        Console.WriteLine("Goal: 3 times the peer signed and 20 times unsigned, at 16 KB.");
        Console.WriteLine();
        Console.WriteLine("                           new   reused         peer   new/peer   reused/peer");
        using var peer = JavaScriptPeer.Start(PeerLibrary.EncryptionSdk);
        foreach (AlgorithmSuite suite in (AlgorithmSuite[])[AlgorithmSuite.Default, AlgorithmSuite.Unsigned])
        {
            foreach (int length in Lengths)
            {
                byte[] plaintext = RandomNumberGenerator.GetBytes(length);
                byte[] message = await ProtectAsync(plaintext, suite);
                JObject request = PeerRequest(plaintext, suite);
                JToken theirs = peer.Ask(With(request, ("op", "encrypt")))["message"]!;

                // In turns, as everywhere: the peer before ours and after.
                double protectThere = AskRate(peer, With(request, ("op", "bench-encrypt")));
                double openThere = AskRate(peer, With(request, ("op", "bench-decrypt"), ("message", theirs)));
                var buffer = new ArrayBufferWriter<byte>(message.Length);
                double[] ours = Rate.Measure(
                    () => Wait(ProtectAsync(plaintext, suite)),
                    () => Wait(ProtectIntoAsync(buffer, plaintext, suite)),
                    () => Wait(OpenAsync(message)),
                    () => Wait(OpenIntoAsync(buffer, message)));
                protectThere = (protectThere + AskRate(peer, With(request, ("op", "bench-encrypt")))) / 2;
                openThere = (openThere + AskRate(peer, With(request, ("op", "bench-decrypt"), ("message", theirs)))) / 2;
                Print("protect", length, suite, ours[..2], protectThere);
                Print("open", length, suite, ours[2..], openThere);
            }
        }

        static void Print(string what, int length, AlgorithmSuite suite, double[] ours, double theirs) =>
            Console.WriteLine(
                $"{what,-8} {Size(length),-7} {Name(suite),-9}{ours[0],7:N0}  {ours[1],7:N0}      {theirs,7:N0}       {ours[0] / theirs,4:F1}          {ours[1] / theirs,4:F1}");
    }

    private static JObject PeerRequest(byte[] plaintext, AlgorithmSuite suite) => new()
    {
        ["suite"] = suite.Id,
        ["frameLength"] = MessageOptions.DefaultFrameLength,
        ["context"] = JObject.FromObject(Context.ToDictionary()),
        ["key"] = new JObject { ["type"] = "aes", ["namespace"] = "bench", ["name"] = "k", ["bytes"] = Convert.ToBase64String(new byte[32]) },
        ["plaintext"] = Convert.ToBase64String(plaintext),
        ["seconds"] = 1,
    };

    private static JObject With(JObject request, params (string Name, JToken Value)[] more)
    {
        var copy = (JObject)request.DeepClone();
        foreach ((string name, JToken value) in more)
        {
            copy[name] = value;
        }

        return copy;
    }

    private static double AskRate(JavaScriptPeer peer, JObject request) => (double)peer.Ask(request)["perSecond"]!;

    private static Task<byte[]> ProtectAsync(byte[] plaintext, AlgorithmSuite suite) =>
        MessageEncryptor.EncryptAsync(plaintext, Context, Keyring, suite.IsSigning ? SignedOptions : UnsignedOptions, CancellationToken.None);

    private static Task<DecryptedMessage> OpenAsync(byte[] message) =>
        MessageDecryptor.DecryptAsync(message, Keyring, OpenOptions, CancellationToken.None);

    private static Task ProtectIntoAsync(ArrayBufferWriter<byte> buffer, byte[] plaintext, AlgorithmSuite suite)
    {
        buffer.ResetWrittenCount();
        return MessageEncryptor.EncryptAsync(
            plaintext, Context, Keyring, suite.IsSigning ? SignedOptions : UnsignedOptions, buffer, CancellationToken.None);
    }

    private static Task<MessageHeader> OpenIntoAsync(ArrayBufferWriter<byte> buffer, byte[] message)
    {
        buffer.ResetWrittenCount();
        return MessageDecryptor.DecryptAsync(message, Keyring, OpenOptions, buffer, CancellationToken.None);
    }

    private static readonly MessageOptions SignedOptions = new();
    private static readonly MessageOptions UnsignedOptions = new() { Suite = AlgorithmSuite.Unsigned };
    private static readonly DecryptOptions OpenOptions = new();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static void Repeat(Action action, int count)
    {
        for (int i = 0; i < count; i++)
        {
            action();
        }
    }

    private static string Name(AlgorithmSuite suite) => suite.IsSigning ? "signed" : "unsigned";

    private static string Size(int length) => length >= 1024 * 1024 ? $"{length / (1024 * 1024)} MiB" : $"{length / 1024} KB";
}
