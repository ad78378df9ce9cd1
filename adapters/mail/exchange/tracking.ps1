#Requires -Version 5.1
<#
.SYNOPSIS
Prints what Exchange's message tracking has of a span of time as JSON, one object per event, between two markers.
.DESCRIPTION
Reads only. The names are those of the tracking log's own fields. Every field is projected to a string first, because
ConvertTo-Json of Windows PowerShell 5.1 prints enumerations as numbers. Subjects are left out.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9a-f]{16}$')]
  [string] $Marker,

  [Parameter(Mandatory = $true)]
  [ValidatePattern('^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$')]
  [string] $From,

  [Parameter(Mandatory = $true)]
  [ValidatePattern('^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$')]
  [string] $To,

  [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9.-]{0,253}$')]
  [string] $Server
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
if (-not (Get-Command Get-MessageTrackingLog -ErrorAction SilentlyContinue)) {
  Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn
}

# The cmdlet reads local time; what it is given in UTC is turned into that.
$start = [datetime]::Parse($From, [cultureinfo]::InvariantCulture, [System.Globalization.DateTimeStyles]::AssumeUniversal)
$end = [datetime]::Parse($To, [cultureinfo]::InvariantCulture, [System.Globalization.DateTimeStyles]::AssumeUniversal)
$wanted = @('RECEIVE', 'SEND', 'SENDEXTERNAL', 'FAIL', 'DSN')
$servers = if ($Server) { @(Get-TransportService -Identity $Server) } else { @(Get-TransportService) }
Write-Output "begin $Marker"
$events = foreach ($each in $servers) {
  Get-MessageTrackingLog -Server $each.Name -Start $start -End $end -ResultSize Unlimited | Where-Object { $wanted -contains "$($_.EventId)" } | ForEach-Object {
    [pscustomobject]@{
      'date-time'          = $_.Timestamp.ToUniversalTime().ToString('o')
      'event-id'           = "$($_.EventId)"
      'source'             = "$($_.Source)"
      'connector-id'       = "$($_.ConnectorId)"
      'client-ip'          = "$($_.ClientIp)"
      'original-client-ip' = "$($_.OriginalClientIp)"
      'server-ip'          = "$($_.ServerIp)"
      'message-id'         = "$($_.MessageId)"
      'network-message-id' = "$($_.NetworkMessageId)"
      'sender-address'     = "$($_.Sender)"
      'recipient-address'  = "$($_.Recipients -join ';')"
      'recipient-status'   = "$($_.RecipientStatus -join ';')"
    }
  }
}
$events | Sort-Object -Property 'date-time' | ForEach-Object { ConvertTo-Json -InputObject $_ -Depth 2 -Compress }
Write-Output "end $Marker"
