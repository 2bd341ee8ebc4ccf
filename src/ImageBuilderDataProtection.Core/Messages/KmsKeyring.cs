using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// The keyring of KMS keys (framework/aws-kms/aws-kms-mrk-aware-multi-keyrings.md). An encrypted data key names its KMS key
/// by key ARN, and only the key so named, or a related multi-Region key, may open it. One instance serves one message and
/// keeps the audit events of the calls made for it.
/// </summary>
public sealed class KmsKeyring : IKeyring
{
    /// <summary>The key provider id of data keys encrypted by KMS: <c>aws-kms</c>.</summary>
    public const string ProviderId = "aws-kms";

    private readonly IKms _kms;
    private readonly IReadOnlyList<KeyIdentifier> _keys;
    private readonly string _partition;
    private readonly string _account;
    private readonly List<KmsAuditEvent> _auditEvents = [];

    private KmsKeyring(IKms kms, IReadOnlyList<KeyIdentifier> keys, string partition, string account)
    {
        ArgumentNullException.ThrowIfNull(kms);
        _kms = kms;
        _keys = keys;
        _partition = partition;
        _account = account;
    }

    /// <summary>The audit events of the calls made, those that KMS refused too, in order; none where KMS does not tell them.</summary>
    public IReadOnlyList<KmsAuditEvent> AuditEvents => _auditEvents;

    private bool IsDiscovery => _keys.Count == 0;

    /// <summary>A keyring of the named keys. The first generates data keys and the others wrap them too; any of them opens.</summary>
    /// <param name="kms">KMS, as the caller.</param>
    /// <param name="keys">At least one key.</param>
    public static KmsKeyring ForKeys(IKms kms, IReadOnlyList<KeyIdentifier> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Count > 0
            ? new KmsKeyring(kms, [.. keys], partition: "", account: "")
            : throw new ArgumentException("A keyring of named keys needs at least one.", nameof(keys));
    }

    /// <summary>A keyring that opens with whichever key of one account and partition the message names. It makes no data keys.</summary>
    /// <param name="kms">KMS, as the caller.</param>
    /// <param name="partition">The partition, such as <c>aws</c>.</param>
    /// <param name="account">The twelve digits of the account.</param>
    public static KmsKeyring ForAccount(IKms kms, string partition, string account)
    {
        ArgumentException.ThrowIfNullOrEmpty(partition);
        ArgumentException.ThrowIfNullOrEmpty(account);
        return new KmsKeyring(kms, [], partition, account);
    }

    /// <inheritdoc />
    /// <exception cref="KmsException">KMS refused.</exception>
    /// <exception cref="InvalidOperationException">The keyring is one for an account, which names no key to encrypt with.</exception>
    public async Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(suite);
        if (IsDiscovery)
        {
            throw new InvalidOperationException("A keyring for an account opens messages; to write them, name the keys.");
        }

        GeneratedDataKey generated = await CallAsync(() => _kms.GenerateDataKeyAsync(_keys[0], context, cancellationToken));
        try
        {
            // IKms asks for 32 bytes, so that the suites of shorter keys can be read but not written.
            if (generated.Plaintext.Length != suite.DataKeyLength)
            {
                throw MessageErrors.WrongDataKeyLength(generated.Plaintext.Length, suite);
            }

            var encryptedDataKeys = new List<EncryptedDataKey>(_keys.Count) { Wrap(generated.KeyArn, generated.CiphertextBlob) };
            foreach (KeyIdentifier key in _keys.Skip(1))
            {
                EncryptedData encrypted = await CallAsync(() => _kms.EncryptAsync(key, generated.Plaintext, context, cancellationToken));
                encryptedDataKeys.Add(Wrap(encrypted.KeyArn, encrypted.CiphertextBlob));
            }

            return new WrappedDataKey(generated.Plaintext, encryptedDataKeys);
        }
        catch
        {
            CryptographicOperations.ZeroMemory(generated.Plaintext);
            throw;
        }
    }

    /// <inheritdoc />
    /// <exception cref="KmsException">KMS refused the one key that was tried.</exception>
    /// <exception cref="DataProtectionException">
    /// <c>NoUsableKey</c>: the message names no key that may be tried; <c>DataKeyRefused</c>: several were tried and each
    /// was refused; <c>UnexpectedKey</c>: KMS answered with another key than the one the message names;
    /// <c>WrongDataKeyLength</c>: what KMS decrypted is no data key for the suite.
    /// </exception>
    public async Task<byte[]> RecoverDataKeyAsync(
        AlgorithmSuite suite,
        EncryptionContext context,
        IReadOnlyList<EncryptedDataKey> encryptedDataKeys,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(encryptedDataKeys);
        var refusals = new List<(string Key, DataProtectionException Why)>();
        foreach (EncryptedDataKey dataKey in encryptedDataKeys.Where(static key => key.ProviderId == ProviderId))
        {
            KeyArn wrappedBy = ReadKeyArn(dataKey);
            foreach (KeyIdentifier key in CandidatesFor(wrappedBy))
            {
                try
                {
                    return await DecryptAsync(key, wrappedBy, dataKey, suite, context, cancellationToken);
                }
                catch (DataProtectionException refusal)
                {
                    refusals.Add((key.Value, refusal));
                }
            }
        }

        throw refusals.Count switch
        {
            0 => NoUsableKey(encryptedDataKeys),
            1 => refusals[0].Why,
            _ => AllRefused(refusals),
        };
    }

    private async Task<byte[]> DecryptAsync(
        KeyIdentifier key,
        KeyArn wrappedBy,
        EncryptedDataKey dataKey,
        AlgorithmSuite suite,
        EncryptionContext context,
        CancellationToken cancellationToken)
    {
        DecryptedData decrypted = await CallAsync(() => _kms.DecryptAsync(key, dataKey.Ciphertext, context, cancellationToken));
        DataProtectionException? failure =
            !decrypted.KeyArn.IsRelatedTo(wrappedBy) || (key.Kind == KeyIdentifierKind.KeyArn && key.Value != decrypted.KeyArn.Value)
                ? UnexpectedKey(decrypted.KeyArn, wrappedBy)
            : decrypted.Plaintext.Length != suite.DataKeyLength ? MessageErrors.WrongDataKeyLength(decrypted.Plaintext.Length, suite)
            : null;
        if (failure is not null)
        {
            CryptographicOperations.ZeroMemory(decrypted.Plaintext);
            throw failure;
        }

        return decrypted.Plaintext;
    }

    private IEnumerable<KeyIdentifier> CandidatesFor(KeyArn wrappedBy)
    {
        if (!IsDiscovery)
        {
            return _keys.Where(key => CanName(key, wrappedBy));
        }

        // The caller's own region holds the related key of a multi-Region key (aws-kms-mrk-aware-discovery-keyring.md).
        return wrappedBy.Partition == _partition && wrappedBy.Account == _account ? [wrappedBy.InRegion(_kms.Region)] : [];
    }

    // Whether an alias means this key only KMS can tell; so it is asked, and its answer is checked.
    private static bool CanName(KeyIdentifier key, KeyArn arn) => key.Kind switch
    {
        KeyIdentifierKind.KeyArn => KeyArn.Parse(key.Value).IsRelatedTo(arn),
        KeyIdentifierKind.KeyId => key.Resource == arn.KeyId,
        KeyIdentifierKind.AliasArn => key.Partition == arn.Partition && key.Account == arn.Account && (arn.IsMultiRegion || key.Region == arn.Region),
        _ => true,
    };

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
        where T : KmsResult
    {
        try
        {
            T result = await call();
            Record(result.AuditEvent);
            return result;
        }
        catch (KmsException refusal)
        {
            Record(refusal.AuditEvent);
            throw;
        }
    }

    private void Record(KmsAuditEvent? auditEvent)
    {
        if (auditEvent is not null)
        {
            _auditEvents.Add(auditEvent);
        }
    }

    private static EncryptedDataKey Wrap(KeyArn arn, byte[] ciphertext) => new(ProviderId, Encoding.UTF8.GetBytes(arn.Value), ciphertext);

    private static KeyArn ReadKeyArn(EncryptedDataKey dataKey) =>
        KeyArn.TryParse(dataKey.ProviderInfoText, out KeyArn? arn)
            ? arn
            : throw new DataProtectionException(
                "InvalidEncryptedDataKey",
                FailureKind.InvalidData,
                $"The message has an encrypted data key of AWS KMS that names \"{dataKey.ProviderInfoText}\", which is not a key ARN.");

    private static DataProtectionException UnexpectedKey(KeyArn answered, KeyArn wrappedBy) =>
        new("UnexpectedKey",
            FailureKind.SecurityViolation,
            $"KMS decrypted with {answered} where the message names {wrappedBy}.");

    private static DataProtectionException AllRefused(List<(string Key, DataProtectionException Why)> refusals) =>
        new("DataKeyRefused",
            refusals[0].Why.Kind,
            "None of the keys opened the message: " + string.Join("; ", refusals.Select(static refusal => $"{refusal.Key}: {refusal.Why.Message}")),
            new AggregateException(refusals.Select(static refusal => refusal.Why)));

    private DataProtectionException NoUsableKey(IReadOnlyList<EncryptedDataKey> encryptedDataKeys)
    {
        string[] named = [.. encryptedDataKeys.Where(static key => key.ProviderId == ProviderId).Select(static key => key.ProviderInfoText)];
        string may = IsDiscovery ? $"keys of account {_account} in partition {_partition}" : string.Join(", ", _keys);
        return new DataProtectionException(
            "NoUsableKey",
            FailureKind.PermissionDenied,
            named.Length == 0
                ? "The message has no data key encrypted by AWS KMS."
                : $"The message opens with {string.Join(" or ", named)}, but only {may} may be used; name the key with -KeyId.");
    }
}
