using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Workers;

/// <summary>Leaves records in a local KMS, writes digest files and checks the trail. Prints a line for each step.</summary>
internal static class DigestWorker
{
    public static async Task RunAsync(string folder, int count)
    {
        LocalKmsStore store = LocalKmsStore.Open(folder);
        IKms kms = store.ForCaller(LocalCaller.AccountRoot("111122223333"), "us-west-2");
        for (int round = 0; round < count; round++)
        {
            await kms.CreateKeyAsync(null, null, false, default);
            Console.WriteLine("CALL");
            await store.WriteDigestsAsync(default);
            Console.WriteLine("DIGEST");
            foreach (LogIntegrityResult result in store.CheckTrail(null, null, null, 2, default))
            {
                if (result.IsProblem)
                {
                    throw new InvalidOperationException(result.ToString());
                }
            }

            Console.WriteLine("CHECK");
        }
    }
}
