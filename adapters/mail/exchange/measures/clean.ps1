#Requires -Version 5.1
<#
.SYNOPSIS
One step of cleaning a queue of Exchange, or of giving it back: by identity, never by a filter. Prints JSON between two markers.
.DESCRIPTION
Look only reads. The others are refused where a larger -Fence was seen (ends with 75). What is named comes in -Names: base64
of a UTF-8 JSON array of identities (Server\Queue\Number) or of names of saved files; each is checked against a pattern
before it is used. Remove takes only what was saved. Return hands in again through the Replay directory.
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory = $true)]
  [ValidatePattern('^[0-9a-f]{16}$')]
  [string] $Marker,

  [Parameter(Mandatory = $true)]
  [ValidatePattern('^(?:Look|Begin|Suspend|Save|Remove|Finish|BeginReturn|Return|Forget)$')]
  [string] $Do,

  [Parameter(Mandatory = $true)]
  [ValidatePattern('^tq[0-9]{1,12}$')]
  [string] $Tag,

  [ValidatePattern('^[A-Za-z0-9+/=]{4,6000}$')]
  [string] $Names,

  [ValidatePattern('^[0-9]{1,15}$')]
  [string] $Fence
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
if (-not (Get-Command Get-Message -ErrorAction SilentlyContinue)) {
  Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn
}

$identity = '^[A-Za-z0-9][A-Za-z0-9-]{0,62}\\(?:[0-9]{1,10}|Submission|Unreachable|Poison)\\[0-9]{1,20}$'
$fileName = '^[A-Za-z0-9][A-Za-z0-9-]{0,62}_(?:[0-9]{1,10}|Submission|Unreachable|Poison)_[0-9]{1,20}\.eml$'
$root = Join-Path $env:ProgramData 'tourniquet'
$folder = Join-Path (Join-Path $root 'queue') $Tag
$list = Join-Path $folder 'list.txt'
$returning = Join-Path $folder 'returning.txt'

function Write-Result {
  param([object[]] $Found)
  Write-Output "begin $Marker"
  ConvertTo-Json -InputObject @($Found) -Depth 3 -Compress
  Write-Output "end $Marker"
}

function Read-Names {
  param([string] $Pattern)
  if (-not $Names) { return }
  $read = ConvertFrom-Json ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Names)))
  foreach ($each in @($read)) {
    if ("$each" -notmatch $Pattern) { throw "This is no name that a step would use: $each" }
    "$each"
  }
}

function Get-SavedPath {
  param([string] $Identity)
  Join-Path $folder (($Identity -replace '\\', '_') + '.eml')
}

if ($Do -eq 'Look') {
  $found = @()
  if (Test-Path -LiteralPath $folder) {
    $found += [pscustomobject]@{ kind = 'Folder'; id = $Tag; value = "$(Test-Path -LiteralPath $list)"; rest = '' }
    $found += @(Get-ChildItem -LiteralPath $folder -Filter '*.eml' | ForEach-Object {
        [pscustomobject]@{ kind = 'Saved'; id = "$($_.Name)"; value = "$($_.Length)"; rest = '' }
      })
    if (Test-Path -LiteralPath $list) {
      $found += @(Get-Content -LiteralPath $list | Where-Object { $_ } | ForEach-Object {
          [pscustomobject]@{ kind = 'Listed'; id = "$_"; value = ''; rest = '' }
        })
    }
  }
  Write-Result $found
  exit 0
}

$fences = Join-Path $root 'fence'
[void](New-Item -ItemType Directory -Force -Path $fences)
$file = [IO.File]::Open((Join-Path $fences 'number'), 'OpenOrCreate', 'ReadWrite', 'None')
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

  switch ($Do) {
    'Begin' { [void](New-Item -ItemType Directory -Force -Path $folder) }
    'Suspend' {
      foreach ($id in @(Read-Names $identity)) {
        # What is gone meanwhile was delivered.
        $message = Get-Message -Identity $id -ErrorAction SilentlyContinue
        if ($message -and "$($message.Status)" -ne 'Suspended') { Suspend-Message -Identity $id -Confirm:$false }
      }
    }
    'Save' {
      foreach ($id in @(Read-Names $identity)) {
        $path = Get-SavedPath $id
        $message = Get-Message -Identity $id -ErrorAction SilentlyContinue
        if ($message -and "$($message.Status)" -eq 'Suspended' -and -not (Test-Path -LiteralPath $path)) {
          Export-Message -Identity $id | AssembleMessage -Path "$path.new"
          Move-Item -LiteralPath "$path.new" -Destination $path
        }
      }
    }
    'Remove' {
      foreach ($id in @(Read-Names $identity)) {
        $path = Get-SavedPath $id
        if ((Test-Path -LiteralPath $path) -and (Get-Item -LiteralPath $path).Length -gt 0) {
          # Without -WithNDR $false each would go back to a forged sender.
          Remove-Message -Identity $id -WithNDR $false -Confirm:$false -ErrorAction SilentlyContinue
        }
      }
    }
    'Finish' {
      Set-Content -LiteralPath "$list.new" -Value @(Get-ChildItem -LiteralPath $folder -Filter '*.eml' | ForEach-Object { "$($_.Name)" })
      Move-Item -LiteralPath "$list.new" -Destination $list -Force
    }
    'BeginReturn' {
      if (Test-Path -LiteralPath $list) { Move-Item -LiteralPath $list -Destination $returning -Force }
    }
    'Return' {
      $replay = "$((Get-TransportService -Identity $env:COMPUTERNAME).ReplayDirectoryPath)"
      if (-not $replay) { throw 'This server has no Replay directory (Set-TransportService -ReplayDirectoryPath).' }
      # First aside under another ending, so that none is read half or handed in twice.
      foreach ($name in @(Read-Names $fileName)) {
        $path = Join-Path $folder $name
        # Saved, but not removed yet: it is still there, suspended, and would be there twice.
        $id = ($name -replace '\.eml$', '') -replace '_', '\'
        if (@(Get-Message -Identity $id -ErrorAction SilentlyContinue).Count -gt 0) {
          Remove-Item -LiteralPath $path -Force -Confirm:$false -ErrorAction SilentlyContinue
        } elseif (Test-Path -LiteralPath $path) {
          Move-Item -LiteralPath $path -Destination (Join-Path $replay "tourniquet-$Tag-$name.part") -Force
        }
      }
      Get-ChildItem -LiteralPath $replay -Filter "tourniquet-$Tag-*.eml.part" | ForEach-Object {
        Rename-Item -LiteralPath $_.FullName -NewName ($_.Name -replace '\.part$', '')
      }
    }
    'Forget' {
      if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force -Confirm:$false }
    }
  }
} finally {
  $file.Dispose()
}
Write-Result @()
