@{
    RootModule           = 'ImageBuilderDataProtection.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = 'e0970e5d-4700-4421-94e8-4975b990d974'
    Author               = 'The ImageBuilderDataProtection authors'
    CompanyName          = 'The ImageBuilderDataProtection authors'
    Copyright            = '(c) The ImageBuilderDataProtection authors.'
    Description          = 'Protects EC2 Image Builder workflows with your own AWS KMS key: key and role policies, encryption under an enforced context, and the audit trail of every use of the key. Works against a local KMS in a folder, too.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('ImageBuilderDataProtection.Format.ps1xml')
    TypesToProcess       = @('ImageBuilderDataProtection.Types.ps1xml')
    CmdletsToExport      = @(
        'Export-IBKmsAuditReport'
        'Get-IBKmsAuditEvent'
        'Get-IBProtectedWorkflow'
        'Get-IBWorkflowKey'
        'Grant-IBWorkflowKeyAccess'
        'Measure-IBKmsAuditEvent'
        'New-IBWorkflowKey'
        'New-IBWorkflowKeyPolicy'
        'New-IBWorkflowRolePolicy'
        'Protect-IBWorkflow'
        'Revoke-IBWorkflowKeyAccess'
        'Start-IBLocalKms'
        'Stop-IBLocalKms'
        'Test-IBCloudTrailLog'
        'Test-IBWorkflowKeyPolicy'
        'Unprotect-IBWorkflow'
        'Update-IBWorkflowProtection'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('AWS', 'KMS', 'ImageBuilder', 'Encryption', 'CloudTrail', 'Linux', 'MacOS', 'Windows')
        }
    }
}
