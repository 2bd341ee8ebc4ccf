using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Workers;

/// <summary>
/// Works on the keys of a local KMS. Prints <c>KEY {arn}</c>, <c>BLOB {key arn} {plaintext, hex} {ciphertext, hex}</c> and,
/// for every call, <c>CALL {request id}</c>.
/// </summary>
internal static class KmsWorker
{
    public static async Task RunAsync(string store, int count)
    {
        IKms kms = LocalKmsStore.Open(store).ForCaller(LocalCaller.AccountRoot("111122223333"), "us-west-2");
        EncryptionContext context = EncryptionContext.Empty.With(
            EncryptionContext.WorkflowArnKey, "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/stress/1.0.0/*");
        for (int round = 0; round < count; round++)
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
    }

    private static void Acknowledge(KmsResult result, string? line = null)
    {
        if (line is not null)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine($"CALL {result.RequestId}");
    }
}
