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

Describe 'The quickstart' {
    It 'runs in pwsh as it is' {
        $output = & "$PSScriptRoot/../../samples/Quickstart/quickstart.ps1" | Out-String
        $output | Should -Match 'test-web-server.yml is byte-identical to the original'
    }
}
