#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# What the engine in `dotnet test` has not: files from Get-ChildItem, the commands of Utility and Management, and pwsh
# itself. Build first: ./build.ps1

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../out/ImageBuilderDataProtection" -Force
    $cmdlets = Get-Command -Module ImageBuilderDataProtection | ForEach-Object { @{ Name = $_.Name } }
}

Describe 'The module' {
    It 'exports what its manifest says' {
        $manifest = Test-ModuleManifest "$PSScriptRoot/../../out/ImageBuilderDataProtection/ImageBuilderDataProtection.psd1"
        (Get-Command -Module ImageBuilderDataProtection).Name | Sort-Object |
            Should -Be ($manifest.ExportedCmdlets.Keys | Sort-Object)
    }

    It 'has approved verbs only' {
        $approved = (Get-Verb).Verb
        Get-Command -Module ImageBuilderDataProtection | Where-Object Verb -notin $approved | Should -BeNullOrEmpty
    }

    It 'has help for <Name>' -ForEach $cmdlets {
        $help = Get-Help $Name -Full
        $help.Synopsis | Should -Not -Match '<CommonParameters>'
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It 'keeps its libraries out of the session' {
        New-IBWorkflowKeyPolicy arn:aws:iam::111122223333:role/Role | Should -Not -BeNullOrEmpty
        $lib = (Get-Module ImageBuilderDataProtection).ModuleBase + '/lib/*'
        [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies |
            Where-Object { -not $_.IsDynamic -and $_.Location -like $lib } | Should -BeNullOrEmpty
        '{"a":1}' | ConvertFrom-Json | ForEach-Object a | Should -Be 1
    }
}

Describe 'Protecting and opening' {
    BeforeEach {
        $folder = New-Item -ItemType Directory "$TestDrive/$(New-Guid)"
        Push-Location $folder
        $role = 'arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole'
        $workflow = 'arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/one/1.0.0/*'
        $kms = @{ LocalKms = './kms'; Region = 'us-west-2' }
        New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias ExampleKMSKey @kms | Out-Null
        'name: one' | Set-Content one.yml
        'name: two' | Set-Content -LiteralPath 'two [2].yml'
    }

    AfterEach {
        Pop-Location
    }

    It 'takes files from Get-ChildItem, each with its own workflow' {
        $arn = { "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/$($_.BaseName.Substring(0, 3))/1.0.0/*" }
        Get-ChildItem *.yml | Protect-IBWorkflow -KeyId alias/ExampleKMSKey -RoleArn $role -WorkflowArn $arn @kms |
            Should -HaveCount 2
        Remove-Item -LiteralPath one.yml, 'two [2].yml'
        Get-ChildItem *.encrypted | Unprotect-IBWorkflow -RoleArn $role -WorkflowArn $arn @kms | Should -HaveCount 2
        Get-Content -LiteralPath 'two [2].yml' | Should -Be 'name: two'
    }

    It 'is relative to the current location' {
        Protect-IBWorkflow ./one.yml -KeyId alias/ExampleKMSKey -WorkflowArn $workflow -Destination out/ @kms
        'out/one.yml.encrypted' | Should -Exist
        (Unprotect-IBWorkflow out/*.encrypted -WorkflowArn $workflow -PassThru @kms).Text.TrimEnd() | Should -Be 'name: one'
    }

    It 'refuses a wrong context with an error that scripts can test' {
        Protect-IBWorkflow one.yml -KeyId alias/ExampleKMSKey -WorkflowArn $workflow @kms
        { Unprotect-IBWorkflow one.yml.encrypted -WorkflowArn $workflow.Replace('one', 'One') -PassThru -ErrorAction Stop @kms } |
            Should -Throw -ErrorId 'EncryptionContextMismatch,*'
    }

    It 'emits events that other commands can use' {
        $events = Get-IBKmsAuditEvent -LocalKms ./kms -AllKmsEvents
        ($events | Group-Object EventName -NoElement).Name | Should -Be 'CreateAlias', 'CreateKey', 'EnableKeyRotation'
        $events | Select-Object EventTime, EventName, Principal | ConvertTo-Csv | Should -HaveCount 4
        ($events[0].ToJson() | ConvertFrom-Json).eventName | Should -Be 'CreateKey'
    }
}

Describe 'Auditing' {
    BeforeAll {
        Push-Location (New-Item -ItemType Directory "$TestDrive/$(New-Guid)")
        $role = 'arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole'
        $workflow = 'arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/one/1.0.0/*'
        $kms = @{ LocalKms = './kms'; Region = 'us-west-2' }
        New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias ExampleKMSKey @kms | Out-Null
        'name: one' | Set-Content one.yml
        Protect-IBWorkflow one.yml -KeyId alias/ExampleKMSKey -WorkflowArn $workflow -RoleArn $role @kms | Out-Null
        1..2 | ForEach-Object { Unprotect-IBWorkflow one.yml.encrypted -WorkflowArn $workflow -RoleArn $role -PassThru @kms } | Out-Null
        $stranger = @{ RoleArn = 'arn:aws:iam::111122223333:role/Stranger'; ErrorAction = 'SilentlyContinue' }
        Unprotect-IBWorkflow one.yml.encrypted -WorkflowArn $workflow -PassThru @stranger @kms
        Get-IBKmsAuditEvent -LocalKms ./kms -AllKmsEvents | ForEach-Object { $_.ToJson() | ConvertFrom-Json | ConvertTo-Json -Depth 9 -Compress } |
            Set-Content -LiteralPath (New-Item 'lines [1].jsonl').FullName
        Copy-Item -Recurse ./kms/trail ./copy
    }

    AfterAll {
        Pop-Location
    }

    It 'reads the same from a folder, <From>' -ForEach @(
        @{ From = 'a file by name'; Read = { Get-IBKmsAuditEvent -LiteralPath 'lines [1].jsonl' } }
        @{ From = 'a file by pattern'; Read = { Get-IBKmsAuditEvent ./lines*.jsonl } }
        @{ From = 'files of Get-ChildItem'; Read = { Get-ChildItem *.jsonl | Get-IBKmsAuditEvent } }
        @{ From = 'a column of a table'; Read = { 'Path', 'copy' | ConvertFrom-Csv | Get-IBKmsAuditEvent } }
        @{ From = 'what lookup-events prints'; Read = {
            $events = Get-IBKmsAuditEvent ./copy | ForEach-Object { @{ EventId = $_.EventId; CloudTrailEvent = $_.ToJson() } }
            @{ Events = @($events) } | ConvertTo-Json -Depth 4 | Set-Content lookup.json
            Get-IBKmsAuditEvent lookup.json
        } }
    ) {
        $expected = Get-IBKmsAuditEvent ./copy | ForEach-Object EventId
        $expected | Should -HaveCount 4
        & $Read | ForEach-Object EventId | Should -Be $expected
    }

    It 'filters while it reads' {
        Get-IBKmsAuditEvent ./copy -Denied | ForEach-Object Principal | Should -BeLike '*/Stranger/*'
        Get-IBKmsAuditEvent ./copy -EventName decrypt -Principal $role | Should -HaveCount 2
        Get-IBKmsAuditEvent ./copy -WorkflowArn '*:workflow/test/*' | Should -BeNullOrEmpty
        Get-IBKmsAuditEvent ./copy -StartTime ([datetime]::Now.AddDays(1)) | Should -BeNullOrEmpty
        Get-IBKmsAuditEvent ./copy -First 2 | Should -HaveCount 2
    }

    It 'stops at what Select-Object -First wants' {
        Remove-Item last.jsonl -ErrorAction Ignore
        'no record' | Set-Content last.jsonl
        Get-IBKmsAuditEvent ./copy, last.jsonl -ThrottleLimit 1 -ErrorVariable failures -ErrorAction SilentlyContinue |
            Select-Object -First 1 | Should -HaveCount 1
        $failures | Should -BeNullOrEmpty
        Get-IBKmsAuditEvent ./copy, last.jsonl -ErrorVariable failures -ErrorAction SilentlyContinue | Should -HaveCount 4
        $failures | Should -HaveCount 1
    }

    It 'has errors that scripts can test' {
        { Get-IBKmsAuditEvent ./none -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
        { Get-IBKmsAuditEvent -LocalKms ./none -ErrorAction Stop } | Should -Throw -ErrorId 'LocalKmsNotFound,*'
        { Get-IBKmsAuditEvent ./copy -ProfileName audit -ErrorAction Stop } | Should -Throw -ExpectedMessage '*-ProfileName*'
    }

    It 'says plainly that times are UTC' {
        Get-IBKmsAuditEvent ./copy -First 1 | Format-List | Out-String | Should -Match 'EventTime +: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ'
        Get-IBKmsAuditEvent ./copy | Measure-IBKmsAuditEvent Hour | Format-List | Out-String | Should -Match 'Hour +: \d{4}-\d\d-\d\d \d\d:00:00Z'
        (Get-IBKmsAuditEvent ./copy -First 1 | ConvertTo-Json -Depth 1 -WarningAction Ignore) | Should -Match '"EventTime": "[^"]+Z"'
    }

    It 'loses nothing of an event in a table or as JSON' {
        $audited = Get-IBKmsAuditEvent ./copy -First 1
        $audited | Export-Csv events.csv
        $row = Import-Csv events.csv
        $row.WorkflowArns, $row.KeyArns, $row.Resources | Should -Be $workflow, $audited.KeyArn, $audited.KeyArn
        ($row.EncryptionContext | ConvertFrom-Json).'aws:imagebuilder:arn' | Should -Be $workflow
        ($row.RequestParameters | ConvertFrom-Json).keyId | Should -Be $audited.RequestParameters.keyId
        ($audited | ConvertTo-Json -Depth 3 | ConvertFrom-Json).RequestParameters.encryptionContext.'aws:imagebuilder:arn' | Should -Be $workflow
    }

    It 'counts who used the key for which workflow' {
        $usage = Get-IBKmsAuditEvent ./copy | Measure-IBKmsAuditEvent
        $usage | ForEach-Object Count | Should -Be 3, 1
        $usage.DeniedCount | Should -Be 0, 1
        $usage.Principal[0] | Should -Be $role
        $usage.Workflow | Should -Be $workflow, $workflow
        $usage | Export-Csv usage.csv
        (Import-Csv usage.csv).By | Should -Be 'Workflow, Key, Principal', 'Workflow, Key, Principal'
    }

    It 'makes a page that can be piped on' {
        $page = Get-IBKmsAuditEvent ./copy | Export-IBKmsAuditReport report.html -Title 'Uses of our key'
        $page.FullName | Should -Be (Get-Item report.html).FullName
        $page | Get-Content -Raw | Should -Match '<title>Uses of our key</title>'
        { Get-IBKmsAuditEvent ./copy | Export-IBKmsAuditReport report.html } | Should -Throw -ErrorId 'TargetExists,*'
        Get-IBKmsAuditEvent ./copy | Export-IBKmsAuditReport other.html -WhatIf
        'other.html' | Should -Not -Exist
    }

    It 'finds what was changed and removed in a copy of the trail' {
        Test-IBCloudTrailLog -LocalKms ./kms -WriteDigest | Should -BeNullOrEmpty
        Copy-Item -Recurse ./kms/trail ./proven
        $keys = @{ PublicKeyPath = './kms/public-keys.json' }
        Test-IBCloudTrailLog ./proven -Quiet @keys | Should -BeTrue
        $logs = Get-ChildItem ./proven -Recurse -File -Filter *_CloudTrail_*
        $bytes = [System.IO.File]::ReadAllBytes($logs[1].FullName)
        $bytes[60] = $bytes[60] -bxor 1
        [System.IO.File]::WriteAllBytes($logs[1].FullName, $bytes)
        $logs[2] | Remove-Item
        $problems = Get-Item ./proven | Test-IBCloudTrailLog @keys
        $problems.Status | Should -Be 'Invalid', 'Missing'
        $problems.File | Should -Be $logs[1].FullName, $logs[2].FullName
        Test-IBCloudTrailLog ./proven -Quiet @keys | Should -BeFalse
    }

    It 'writes the same question as SQL' {
        $query = Get-IBKmsAuditEvent -AsQuery Athena -WorkflowArn "*:workflow/o'clock/*" -Denied -First 5
        "$query" | Should -BeLike "SELECT *FROM `"cloudtrail_logs`"*o''clock*LIMIT 5"
        (TabExpansion2 'Get-IBKmsAuditEvent -AsQuery ').CompletionMatches.CompletionText | Should -Be 'Athena', 'CloudTrailLake'
    }

    It 'tells why a call was denied, and what a revoke would take away' {
        $why = Get-IBKmsAuditEvent ./copy -Denied | Test-IBWorkflowKeyPolicy -KeyId alias/ExampleKMSKey @kms
        $why.Allowed | Should -BeFalse
        $why.Principal | Should -Be 'arn:aws:iam::111122223333:role/Stranger'
        Get-IBKmsAuditEvent ./copy |
            Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue @kms
        "$($warnings[0])" | Should -BeLike "*can then no longer open this workflow:*$workflow (used *"
    }
}

Describe 'The quickstart' {
    It 'runs in pwsh as it is' {
        $output = & "$PSScriptRoot/../../samples/Quickstart/quickstart.ps1" | Out-String
        $output | Should -Match 'test-web-server.yml is byte-identical to the original'
    }
}
