using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Tests.Kms;

/// <summary>The local KMS in this process.</summary>
public sealed class InProcessKmsTests : KmsContractTests
{
    protected override IKms Connect(LocalKmsStore store, LocalCaller caller, string region) => store.ForCaller(caller, region);
}
