#Requires -Version 7.4

<#
.SYNOPSIS
A first tour: protect two image workflows with a key of your own, open them again, and see who did what.

.DESCRIPTION
Everything happens in a temporary folder with a local KMS; no AWS account and no network are needed. Every step checks
itself, and the script throws if one does not do what it must.

With pwsh: ./build.ps1, then run this script. With only the .NET SDK: dotnet run --project samples/Quickstart
#>

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../../out/ImageBuilderDataProtection"

# Shows a command as you would type it, and runs it.
function Invoke-Shown([scriptblock] $Command) {
    $first, $rest = $Command.ToString().Trim() -split '\r?\n'
    @("PS> $first"; $rest | Where-Object { $_ } | ForEach-Object { ">> $($_ -replace '^ {8}')" }) | Out-Host
    & $Command
}

# Runs a command that must be refused, and shows its error as you would see it at the prompt.
function Show-Refusal([string] $ErrorId, [scriptblock] $Command) {
    try {
        $null = Invoke-Shown $Command
    }
    catch {
        if ($_.FullyQualifiedErrorId -notlike "$ErrorId,*") {
            throw
        }

        "$($_.InvocationInfo.MyCommand): $_"
        ''
        return
    }

    throw "This must be refused with ${ErrorId}, but was not: $Command"
}

function Assert-True([bool] $Condition, [string] $What) {
    if (-not $Condition) {
        throw "The quickstart went wrong: $What."
    }
}

$work = [System.IO.Directory]::CreateTempSubdirectory('quickstart-').FullName
try {
    '1. The key policy'
    '-----------------'
    'Image Builder runs workflows with an IAM role of yours. This policy lets that'
    'role use the key, but only for workflows of your account. You, the account,'
    'administer the key:'
    ''
    $role   = 'arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole'
    $policy = Invoke-Shown { New-IBWorkflowKeyPolicy -ExecutionRoleArn $role }
    $policy.ToJson()
    ''
    'A wrong letter in a policy locks someone out or opens the key to everyone. So it'
    'is tested before it is put; this one has nothing wrong:'
    ''
    $findings = @(Invoke-Shown { $policy | Test-IBWorkflowKeyPolicy })
    Assert-True ($findings.Count -eq 0) 'the generated policy has no findings'
    ''

    '2. The key'
    '----------'
    'A customer managed key with that policy, in a local KMS: a folder, for which no'
    'AWS account is needed. From here on, @kms says which folder and which region.'
    ''
    $kms = @{ Region = 'us-west-2'; LocalKms = "$work/kms" }
    $key = Invoke-Shown { New-IBWorkflowKey -Policy $policy -Alias ExampleKMSKey @kms }
    $key | Out-Host
    Assert-True ($key.State -eq 'Enabled' -and $key.RotationPeriodInDays -eq 365) 'the key is enabled and rotates'

    'And the statement that the role needs in its own policy:'
    ''
    $statement = Invoke-Shown { New-IBWorkflowRolePolicy -KeyArn $key.Arn }
    $statement.ToJson()
    ''

    '3. Protect two workflows'
    '------------------------'
    'A build workflow and a test workflow. Each is bound to the ARN of its own'
    'workflow: the script block after -WorkflowArn runs for each file.'
    ''
    foreach ($name in 'build-web-server.yml', 'test-web-server.yml') {
        [System.IO.File]::Copy("$PSScriptRoot/workflows/$name", "$work/$name")
    }

    $files     = "$work/build-web-server.yml", "$work/test-web-server.yml"
    $protected = Invoke-Shown {
        $files | Protect-IBWorkflow -KeyId alias/ExampleKMSKey -RoleArn $role @kms -WorkflowArn {
            $type, $name = [System.IO.Path]::GetFileNameWithoutExtension($_) -split '-', 2
            "arn:aws:imagebuilder:us-west-2:111122223333:workflow/$type/$name/1.0.0/*"
        }
    }
    $protected | Out-Host
    Assert-True ($protected.Count -eq 2) 'both documents are protected'

    'What such a file says of itself can be read without a key. It is the encryption'
    'context, which KMS demands again, letter by letter, to decrypt:'
    ''
    $header = Invoke-Shown { Get-IBProtectedWorkflow "$work/build-web-server.yml.encrypted" }
    $header.EncryptionContext | ForEach-Object {
        "  $($_.Key)"
        "    $($_.Value)"
    }
    ''

    '4. Open them as the execution role'
    '----------------------------------'
    'Each with the ARN of the workflow it is for. $build and $test hold the two:'
    ''
    $build  = 'arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web-server/1.0.0/*'
    $test   = 'arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/web-server/1.0.0/*'
    $to     = @{ Destination = "$work/opened/"; RoleArn = $role }
    $opened = @(
        Invoke-Shown { Unprotect-IBWorkflow "$work/build-web-server.yml.encrypted" -WorkflowArn $build @to @kms }
        Invoke-Shown { Unprotect-IBWorkflow "$work/test-web-server.yml.encrypted" -WorkflowArn $test @to @kms }
    )
    $opened | Out-Host
    foreach ($document in $opened) {
        $name   = [System.IO.Path]::GetFileName($document.Path)
        $before = [System.IO.File]::ReadAllBytes("$work/$name")
        $after  = [System.IO.File]::ReadAllBytes($document.Path)
        Assert-True ([System.Linq.Enumerable]::SequenceEqual([byte[]] $before, [byte[]] $after)) "$name comes back byte for byte"
        "$name is byte-identical to the original ($($after.Length) bytes)."
    }
    ''

    '5. What is refused'
    '------------------'
    $file = "$work/build-web-server.yml.encrypted"
    'The workflow with one letter in another case. KMS is not even asked:'
    ''
    Show-Refusal EncryptionContextMismatch {
        Unprotect-IBWorkflow $file -WorkflowArn $build.Replace('web', 'Web') -PassThru -RoleArn $role @kms
    }

    'Another role, which no policy allows to use the key:'
    ''
    $other = 'arn:aws:iam::111122223333:role/SomeOtherRole'
    Show-Refusal AccessDeniedException {
        Unprotect-IBWorkflow $file -WorkflowArn $build -PassThru -RoleArn $other @kms
    }

    'A file in which one bit was changed:'
    ''
    $bytes = [System.IO.File]::ReadAllBytes("$work/build-web-server.yml.encrypted")
    $bytes[1000] = $bytes[1000] -bxor 1
    [System.IO.File]::WriteAllBytes("$work/tampered.encrypted", $bytes)
    Show-Refusal MessageAuthenticationFailed {
        Unprotect-IBWorkflow "$work/tampered.encrypted" -WorkflowArn $build -PassThru -RoleArn $role @kms
    }

    'And a role whose access is revoked. What becomes unreadable is listed first;'
    '-Confirm:$false answers the question that would come then:'
    ''
    $left = Invoke-Shown {
        Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role -Path $work -Confirm:$false @kms
    }
    $left | Out-Host
    Assert-True ($left.Statements.Count -eq 1) 'only the administrators are left in the key policy'
    Show-Refusal AccessDeniedException {
        Unprotect-IBWorkflow "$work/test-web-server.yml.encrypted" -WorkflowArn $test -PassThru -RoleArn $role @kms
    }

    'AWS does not say why. The policy does, when the denied call is held against it:'
    ''
    $denied = @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Where-Object IsDenied)
    $why    = @(Invoke-Shown { $denied[0] | Test-IBWorkflowKeyPolicy -Policy $policy })
    $why | Out-Host
    Assert-True ($why.Count -eq 1 -and $why[0].NearMisses.Count -eq 1) 'the statement that nearly allowed the other role is named'

    '6. Who did what'
    '---------------'
    'Every call, allowed or refused, left a CloudTrail record. The wrong-case context'
    'left none, for KMS was not asked; for the changed file KMS still opened the data'
    'key, which was intact, and the document then failed its own checks:'
    ''
    $events = @(Invoke-Shown { Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents })
    $events | Out-Host

    $expected = @(
        'CreateKey', 'CreateAlias', 'EnableKeyRotation'
        'GenerateDataKey', 'GenerateDataKey'
        'Decrypt', 'Decrypt'
        'Decrypt AccessDenied', 'Decrypt'
        'DescribeKey', 'GetKeyPolicy', 'GetKeyPolicy', 'PutKeyPolicy', 'GetKeyPolicy'
        'Decrypt AccessDenied'
    ) -join ', '
    $actual = ($events | ForEach-Object { "$($_.EventName) $($_.ErrorCode)".Trim() }) -join ', '
    Assert-True ($actual -eq $expected) "the audit trail is to hold $expected, but holds $actual"

    'Who used the key for which workflow, and how often in vain? The commands after'
    'the pipe take events of CloudTrail, too, from its files or buckets:'
    ''
    $usage = @(Invoke-Shown { Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Measure-IBKmsAuditEvent })
    $usage | Out-Host
    $counts = ($usage | ForEach-Object { "$($_.Count)/$($_.DeniedCount)" }) -join ', '
    Assert-True ($counts -eq '3/0, 3/1, 1/1') "calls and denied ones are to be 3/0, 3/1, 1/1 by workflow and role, but are $counts"

    'For those without PowerShell, the events make a page for the browser, here'
    'in the temporary folder, which goes at the end:'
    ''
    $page = Invoke-Shown { $events | Export-IBKmsAuditReport "$work/report.html" -Title 'The tour' }
    "$($page.Name) is written ($($page.Length) bytes)."
    Assert-True ([System.IO.File]::ReadAllText($page.FullName).Contains('<title>The tour</title>')) 'the page is written'
    ''

    'That was all of it. Read on with: Get-Help about_ImageBuilderDataProtection'
}
finally {
    [System.IO.Directory]::Delete($work, $true)
}
