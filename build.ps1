#!/usr/bin/env pwsh
#Requires -Version 7.4

<#
.SYNOPSIS
Builds the module into out/ImageBuilderDataProtection, and tests it if asked to.
.EXAMPLE
./build.ps1
Import-Module ./out/ImageBuilderDataProtection
.EXAMPLE
./build.ps1 -Configuration Release -Test
#>
[CmdletBinding()]
param(
    # Debug or Release.
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    # Also runs `dotnet test`, and the Pester tests where Pester 5 is installed.
    [switch] $Test
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $args failed with exit code $LASTEXITCODE."
    }
}

if (-not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)) {
    throw 'The .NET SDK 10 or later is needed: https://dotnet.microsoft.com/download'
}

$solution = Join-Path $PSScriptRoot 'ImageBuilderDataProtection.sln'
Invoke-DotNet build $solution --configuration $Configuration
if ($Test) {
    Invoke-DotNet test $solution --configuration $Configuration --no-build
    if (Get-Module Pester -ListAvailable | Where-Object Version -ge '5.0') {
        # In a process of its own: a loaded module cannot be replaced by the next build.
        $tests = Join-Path $PSScriptRoot 'tests/Pester'
        & (Get-Process -Id $PID).Path -NoProfile -Command "Import-Module Pester -MinimumVersion 5.0; Invoke-Pester -Path '$tests' -CI"
        if ($LASTEXITCODE -ne 0) {
            throw "$LASTEXITCODE Pester tests failed."
        }
    }
    else {
        Write-Warning 'Pester 5 is not installed, so tests/Pester was not run.'
    }
}

"The module is in $(Join-Path $PSScriptRoot 'out/ImageBuilderDataProtection')."
