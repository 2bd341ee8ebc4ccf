using System.Diagnostics;
using System.Globalization;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;

// A process that works on a local KMS, for tests that run several at once or kill it:
//   LocalKmsStress FOLDER COUNT  makes COUNT rounds and ends.
//   LocalKmsStress FOLDER 0      goes on until it is killed.
//   LocalKmsStress FOLDER -COUNT measures COUNT calls of GenerateDataKey.
// Each line it writes is flushed at once, and acknowledges what the store answered before:
//   KEY {arn}
//   BLOB {key arn} {plaintext, hex} {ciphertext, hex}
//   CALL {request id}
string folder = args[0];
int rounds = int.Parse(args[1], CultureInfo.InvariantCulture);
IKms kms = LocalKmsStore.Open(folder).ForCaller(LocalCaller.AccountRoot("111122223333"), "us-west-2");
EncryptionContext context = EncryptionContext.Create([KeyValuePair.Create(
    EncryptionContext.WorkflowArnKey, "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/stress/1.0.0/*")]);
if (rounds < 0)
{
    await MeasureAsync(-rounds);
    return;
}

for (int round = 0; rounds == 0 || round < rounds; round++)
{
    DescribedKey created = await kms.CreateKeyAsync(null, null, false, default);
    KeyArn key = created.Key.Arn;
    Acknowledge(created, $"KEY {key}");
    Acknowledge(await kms.CreateAliasAsync($"alias/{key.KeyId}", key, default));
    for (int use = 0; use < 3; use++)
    {
        GeneratedDataKey made = await kms.GenerateDataKeyAsync(key, context, default);
        Acknowledge(made, $"BLOB {key} {Convert.ToHexString(made.Plaintext)} {Convert.ToHexString(made.CiphertextBlob)}");
        Acknowledge(await kms.RotateKeyOnDemandAsync(key, default));
    }

    ReadKeyPolicy policy = await kms.GetKeyPolicyAsync(key, default);
    Acknowledge(policy);
    Acknowledge(await kms.PutKeyPolicyAsync(key, policy.Policy + " ", false, default));
}

static void Acknowledge(KmsResult result, string? line = null)
{
    if (line is not null)
    {
        Console.WriteLine(line);
    }

    Console.WriteLine($"CALL {result.RequestId}");
}

async Task MeasureAsync(int count)
{
    KeyArn key = (await kms.CreateKeyAsync(null, null, false, default)).Key.Arn;
    for (int i = 0; i < 200; i++)
    {
        await kms.GenerateDataKeyAsync(key, context, default);
    }

    var watch = Stopwatch.StartNew();
    for (int i = 0; i < count; i++)
    {
        await kms.GenerateDataKeyAsync(key, context, default);
    }

    double perCall = watch.Elapsed.TotalMicroseconds / count;
    string probe = Path.Combine(folder, "probe.tmp");
    byte[] content = new byte[700];
    watch.Restart();
    for (int i = 0; i < count; i++)
    {
        using FileStream file = File.Create(probe, 1);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    double perFlush = watch.Elapsed.TotalMicroseconds / count;
    File.Delete(probe);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"GenerateDataKey {perCall:F0} us a call; create, write and flush one such file {perFlush:F0} us"));
}
