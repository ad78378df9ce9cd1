/** A small disk in a box, with folders of it moved there; and filling it to its last octet. */
import type { Box } from './box.ts';
import { until } from './process.ts';

const DISK = '/small-disk';

/** $1: megabytes; the rest: folders, which nothing may be using meanwhile. */
const MOVE = `set -e; disk=${DISK}; size=$1; shift
mkdir -p $disk; mount -t tmpfs -o size="$size"m,mode=0755 none $disk
for each in "$@"; do mkdir -p "$each" "$disk$each"; cp -a "$each/." "$disk$each/"; chown --reference="$each" "$disk$each"; chmod --reference="$each" "$disk$each"; mount --bind "$disk$each" "$each"; done`;

export interface SmallDisk {
  fill(): Promise<void>;
}

export async function moveToSmallDisk(box: Box, folders: readonly string[]): Promise<SmallDisk> {
  await box.must(['sh', '-c', MOVE, 'move', '16', ...folders]);
  return {
    // What is at work on it may give back a page while it is filled: that one is taken too.
    fill: () =>
      until(
        async () => {
          await box.exec(['sh', '-c', `cat /dev/zero >> ${DISK}/full`]);
          return (await box.exec(['sh', '-c', `echo one more > ${DISK}/more && rm ${DISK}/more`])).code !== 0;
        },
        15_000,
        `the small disk of ${box.name} to be full`,
      ),
  };
}
