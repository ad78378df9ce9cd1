/**
 * Files of a host through its own sh, coreutils and `sync`: base64 there and back, as a run carries text.
 *
 * The script is fixed and takes everything as positional parameters. The new bytes are written beside the file, made
 * durable, and renamed over it; what the file was and what came of the new one are compared by SHA-256 while the fence's
 * lock is held. Room for an undo is a file of zeros beside it, whose octets are written over later (on file systems that
 * never write over what they have, such as ZFS and Btrfs, it helps only as far as removing files does).
 */
import { createHash } from 'node:crypto';
import { HostUnknown } from '../../src/ports/host.ts';
import type { Host } from '../../src/ports/host.ts';
import type { HostFiles } from '../../src/ports/host-files.ts';

const DEADLINE_MS = 15_000;
const MISSING = 66;
const CHANGED = 65;
const CUT_SHORT = 67;
const NONE = 'none';

const READ = `[ -e "$1" ] || exit ${MISSING}
exec base64 "$1"`;

/** Beside the longer of both texts, for what others may add to the file meanwhile. Octets. */
const ROOM_TO_SPARE = 16_384;

const REPLACE = `set -e
path=$1; from=$2; to=$3; mode=$4; length=$5; room=$6; rooms=$7
path=$(readlink -f -- "$path")
[ "$room" = ${NONE} ] || room=$path.tourniquet-room-$room
if [ -e "$path" ]; then now=$(sha256sum < "$path"); now=\${now%% *}; else now=${NONE}; fi
if [ "$now" = "$to" ]; then [ "$rooms" != use ] || rm -f -- "$room"; exit 0; fi
[ "$now" = "$from" ] || exit ${CHANGED}
new=$path.tourniquet-new
rm -f -- "$new"
trap 'rm -f -- "$new"' EXIT
if [ "$rooms" = take ] && [ ! -e "$room" ]; then
  was=0; [ ! -e "$path" ] || was=$(stat -Lc %s -- "$path")
  [ "$was" -ge "$length" ] || was=$length
  { (umask 077; head -c "$((was + ${ROOM_TO_SPARE}))" /dev/zero > "$new") && sync -- "$new" && mv -f -- "$new" "$room"; } || exit 74
fi
if [ "$to" = ${NONE} ]; then rm -f -- "$path"
else
  if [ "$rooms" = use ] && [ -e "$room" ] && [ "$(stat -c %s -- "$room")" -ge "$length" ]; then
    # The octets that it has already are written over: that takes no others.
    trap - EXIT
    new=$room
    if [ -e "$path" ]; then cp --attributes-only -p -- "$path" "$new"; else chmod "$mode" "$new"; fi
    base64 -d 1<> "$new" || true
    came=$(head -c "$length" "$new" | sha256sum)
  else
    if [ -e "$path" ]; then cp -a -- "$path" "$new"; else (umask 077; : > "$new"; chmod "$mode" "$new"); fi
    # Whoever sends it may die on the way; what came is put in place only if it is all of it.
    base64 -d > "$new" || true
    came=$(sha256sum < "$new")
  fi
  [ "\${came%% *}" = "$to" ] || exit ${CUT_SHORT}
  truncate -s "$length" -- "$new"
  # Postfix waits for seconds until a fresh file has settled; this one is renamed whole.
  touch -d "@$(($(date +%s) - 3))" -- "$new"
  sync -- "$new"
  trap - EXIT
  mv -f -- "$new" "$path"
fi
[ "$rooms" != use ] || rm -f -- "$room"
sync -- "$(dirname -- "$path")"`;

export function openHostFiles(name: string, host: Host): HostFiles {
  return {
    read: async (path) => {
      const ran = await host.run(['sh', '-c', READ, 'tourniquet', path], { deadlineMs: DEADLINE_MS });
      if (ran.code === MISSING) return undefined;
      if (ran.code !== 0) throw new HostUnknown(`${path} of ${name} can't be read: ${ran.err.trim().slice(0, 300)}`);
      return Buffer.from(ran.out, 'base64').toString('latin1');
    },
    replace: async (path, { from, to, mode = '0644', room }, fence) => {
      const kept = [room?.name ?? NONE, room?.how ?? NONE];
      const length = String(to?.length ?? 0);
      const argv = ['sh', '-c', REPLACE, 'tourniquet', path, fingerprint(from), fingerprint(to), mode, length, ...kept];
      const input = Buffer.from(to ?? '', 'latin1').toString('base64');
      const ran = await host.run(argv, { deadlineMs: DEADLINE_MS, input, fence });
      if (ran.code === CHANGED)
        throw new HostUnknown(`${path} of ${name} was changed by somebody else this very moment; nothing was written.`);
      if (ran.code === CUT_SHORT)
        throw new HostUnknown(`the new ${path} did not reach ${name} whole; nothing was written.`);
      if (ran.code !== 0) throw new HostUnknown(`${path} of ${name} can't be written: ${ran.err.trim().slice(0, 300)}`);
    },
  };
}

function fingerprint(text: string | undefined): string {
  return text === undefined ? NONE : createHash('sha256').update(text, 'latin1').digest('hex');
}
