Import-Module "$PSScriptRoot/../../out/ImageBuilderDataProtection"
Get-Module ImageBuilderDataProtection
Get-Help about_IBLocalKms
foreach ($a in [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies) { if ("$a" -match 'Newton|Bouncy|DataProtection') { "$a" } }
Get-Item nosuch
nosuch
