#Requires -Version 5.1
<#
.SYNOPSIS
Prints this host's time in UTC, between two markers.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9a-f]{16}$')]
  [string] $Marker
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
Write-Output "begin $Marker"
Write-Output ([datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture))
Write-Output "end $Marker"
