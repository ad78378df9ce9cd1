#Requires -Version 5.1
<#
.SYNOPSIS
Prints the messages in the queues of one or all Exchange transport servers as JSON, between two markers.
.DESCRIPTION
Reads only. Shadow copies are no backlog and are left out. Every field is projected to a string first, because
ConvertTo-Json of Windows PowerShell 5.1 prints enumerations as numbers.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9a-f]{16}$')]
  [string] $Marker,

  [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9.-]{0,253}$')]
  [string] $Server
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
if (-not (Get-Command Get-Queue -ErrorAction SilentlyContinue)) {
  Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn
}

$servers = if ($Server) { @(Get-TransportService -Identity $Server) } else { @(Get-TransportService) }
Write-Output "begin $Marker"
foreach ($each in $servers) {
  $queues = @(Get-Queue -Server $each.Name -ResultSize Unlimited | Where-Object { "$($_.DeliveryType)" -ne 'ShadowRedundancy' -and [int]$_.MessageCount -gt 0 })
  foreach ($queue in $queues) {
    Get-Message -Queue $queue.Identity -ResultSize Unlimited -IncludeRecipientInfo | ForEach-Object {
      $message = [pscustomobject]@{
        id         = "$($_.Identity)"
        queue      = "$($_.Queue)"
        type       = "$($queue.DeliveryType)"
        from       = "$($_.FromAddress)"
        size       = "$($_.Size)"
        received   = $_.DateReceived.ToUniversalTime().ToString('o')
        error      = "$($_.LastError)"
        source     = "$($_.MessageSourceName)"
        recipients = @($_.Recipients | ForEach-Object { "$($_.Address)" })
      }
      ConvertTo-Json -InputObject $message -Depth 3 -Compress
    }
  }
}
Write-Output "end $Marker"
