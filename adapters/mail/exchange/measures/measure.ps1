#Requires -Version 5.1
<#
.SYNOPSIS
Looks at, or sets, what a containment measure needs of an Exchange organisation; prints JSON between two markers.
.DESCRIPTION
Look and Verify only read. Apply sets what -Settings lists (base64 of UTF-8 JSON: kind, id, value), suspends the queues to
the outside or resumes those that it suspended, and is refused where a larger -Fence was seen. Every field is projected to a string first. No value is ever read as a command.
Ends with 75 where a later hand has acted.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9a-f]{16}$')]
  [string] $Marker,

  [Parameter(Mandatory = $true)]
  [ValidatePattern('^(?:Look|Verify|Apply)$')]
  [string] $Do,

  [Parameter(Mandatory = $true)]
  [ValidatePattern('^(?:freeze-outbound|reroute|disable-account)$')]
  [string] $Measure,

  [ValidatePattern('^tourniquet-tq[0-9]{1,12}$')]
  [string] $Relay,

  [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9.:-]{0,253}$')]
  [string] $RelayHost,

  [ValidatePattern('^[0-9]{1,5}$')]
  [string] $RelayPort,

  [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9._@+/$-]{0,253}$')]
  [string] $Account,

  [ValidatePattern('^[A-Za-z0-9+/=]{4,6000}$')]
  [string] $Settings,

  [ValidatePattern('^(?:suspend|resume)$')]
  [string] $Queues,

  [ValidatePattern('^[0-9]{1,15}$')]
  [string] $Fence
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
if (-not (Get-Command Get-SendConnector -ErrorAction SilentlyContinue)) {
  Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn
}
# The account comes with a slash in place of a backslash, so that no shell on its way reads anything into it.
$login = ($Account -replace '/', '\') -replace '^.*\\', ''

$folder = Join-Path $env:ProgramData 'tourniquet\fence'
$list = Join-Path $folder 'suspended'

function Write-Result {
  param([object[]] $Found)
  Write-Output "begin $Marker"
  ConvertTo-Json -InputObject @($Found) -Depth 3 -Compress
  Write-Output "end $Marker"
}

function Get-ConnectorState {
  @(Get-SendConnector | ForEach-Object {
      [pscustomobject]@{
        kind  = 'SendConnector'
        id    = "$($_.Name)"
        value = "$($_.Enabled)"
        rest  = "$($_.AddressSpaces)|$($_.DNSRoutingEnabled)|$($_.SmartHosts)|$($_.Port)|$($_.SourceTransportServers)"
      }
    })
}

function Get-OutsideQueue {
  Get-TransportService | ForEach-Object { Get-Queue -Server $_.Name -ResultSize Unlimited } |
    Where-Object { "$($_.NextHopCategory)" -eq 'External' }
}

# Which queues were suspended here, by number and destination: `meant` or `suspended`, the last line of each.
function Get-Noted {
  $noted = @{}
  if (Test-Path $list) {
    foreach ($line in @(Get-Content -Path $list)) {
      $parts = $line.Split('|')
      if ($parts.Count -eq 3) { $noted["$($parts[1])|$($parts[2])"] = $parts[0] }
    }
  }
  $noted
}

if ($Do -eq 'Look') {
  if ($Measure -eq 'disable-account') {
    $user = Get-ADUser -Identity $login
    Write-Result @([pscustomobject]@{ kind = 'Account'; id = "$($user.SamAccountName)"; value = "$($user.Enabled)"; rest = "$($user.SID)" })
  } else {
    Write-Result (Get-ConnectorState)
  }
  exit 0
}

if ($Do -eq 'Verify') {
  if ($Measure -eq 'disable-account') {
    # Bit 2 of userAccountControl: ACCOUNTDISABLE.
    $user = Get-ADUser -Identity $login -Properties userAccountControl
    Write-Result @([pscustomobject]@{ kind = 'Disabled'; id = $login; value = "$([bool]($user.userAccountControl -band 2))"; rest = '' })
  } else {
    $noted = Get-Noted
    $moving = @(Get-OutsideQueue | Where-Object { "$($_.Status)" -in @('Active', 'Connecting', 'Ready') })
    Write-Result @($moving | ForEach-Object {
        $kind = if ($noted["$($_.Identity)|$($_.NextHopDomain)"] -eq 'suspended') { 'Resumed' } else { 'Moving' }
        [pscustomobject]@{ kind = $kind; id = "$($_.Identity)"; value = "$($_.Status)"; rest = "$($_.NextHopDomain)" }
      })
  }
  exit 0
}

[void](New-Item -ItemType Directory -Force -Path $folder)
$file = [IO.File]::Open((Join-Path $folder 'number'), 'OpenOrCreate', 'ReadWrite', 'None')
try {
  $reader = New-Object IO.StreamReader $file
  $seen = $reader.ReadToEnd().Trim()
  if ($seen -and [int64]$Fence -lt [int64]$seen) {
    [Console]::Error.WriteLine('tourniquet: a later hand has acted')
    exit 75
  }
  $file.SetLength(0)
  $bytes = [Text.Encoding]::ASCII.GetBytes($Fence)
  $file.Write($bytes, 0, $bytes.Length)
  $file.Flush($true)

  $wanted = ConvertFrom-Json ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Settings)))
  foreach ($each in @($wanted)) {
    $on = $each.value -eq 'True'
    switch ($each.kind) {
      'SendConnector' { Set-SendConnector -Identity $each.id -Enabled $on -Confirm:$false }
      'Account' { if ($on) { Enable-ADAccount -Identity $each.id } else { Disable-ADAccount -Identity $each.id } }
      'Relay' {
        $there = @(Get-SendConnector | Where-Object { "$($_.Name)" -eq $Relay })
        if ($on -and $there.Count -eq 0) {
          $servers = @(Get-TransportService | ForEach-Object { $_.Name })
          [void](New-SendConnector -Name $Relay -Custom -AddressSpaces 'SMTP:*;1' -DNSRoutingEnabled $false -SmartHosts $RelayHost -Port ([int]$RelayPort) -SourceTransportServers $servers)
        }
        if (-not $on -and $there.Count -gt 0) { Remove-SendConnector -Identity $Relay -Confirm:$false }
      }
      default { throw "There is no setting of the kind $($each.kind)." }
    }
  }
  $noted = Get-Noted
  if ($Queues -eq 'suspend') {
    # What is routed already doesn't wait for the connectors, and queues are made as they are needed. Noted before and after,
    # so that neither a death in between nor somebody's Resume-Queue is taken for the other.
    Get-OutsideQueue | Where-Object {
      "$($_.Status)" -ne 'Suspended' -and $noted["$($_.Identity)|$($_.NextHopDomain)"] -ne 'suspended'
    } | ForEach-Object {
      Add-Content -Path $list -Value "meant|$($_.Identity)|$($_.NextHopDomain)"
      Suspend-Queue -Identity $_.Identity -Confirm:$false
      Add-Content -Path $list -Value "suspended|$($_.Identity)|$($_.NextHopDomain)"
    }
  }
  if ($Queues -eq 'resume') {
    # Only what was suspended here. A queue that has been empty for a while is gone, and its number may be another's.
    Get-OutsideQueue | Where-Object {
      "$($_.Status)" -eq 'Suspended' -and $noted.ContainsKey("$($_.Identity)|$($_.NextHopDomain)")
    } | ForEach-Object { Resume-Queue -Identity $_.Identity -Confirm:$false }
    if (Test-Path $list) { Remove-Item -Path $list }
  }
} finally {
  $file.Dispose()
}
Write-Result @()
