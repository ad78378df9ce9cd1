#Requires -Version 5.1
<#
.SYNOPSIS
Prints the envelope of one queued message as JSON, between two markers. Never its body.
.DESCRIPTION
The identity comes with slashes in place of backslashes, so that no shell on its way reads anything into it.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9a-f]{16}$')]
  [string] $Marker,

  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9-]{0,62}/(?:\d{1,10}|Submission|Unreachable|Poison)/\d{1,20}$')]
  [string] $Identity
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
if (-not (Get-Command Get-Message -ErrorAction SilentlyContinue)) {
  Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn
}

Write-Output "begin $Marker"
Get-Message -Identity ($Identity -replace '/', '\') -IncludeRecipientInfo -ErrorAction SilentlyContinue | ForEach-Object {
  $message = [pscustomobject]@{
    id         = "$($_.Identity)"
    queue      = "$($_.Queue)"
    from       = "$($_.FromAddress)"
    size       = "$($_.Size)"
    received   = $_.DateReceived.ToUniversalTime().ToString('o')
    error      = "$($_.LastError)"
    source     = "$($_.MessageSourceName)"
    client     = "$($_.SourceIP)"
    recipients = @($_.Recipients | ForEach-Object { "$($_.Address)" })
  }
  ConvertTo-Json -InputObject $message -Depth 3 -Compress
}
Write-Output "end $Marker"
