/**
 * A log that is a file, through the host: found again by inode and offset, so that a rotation is seen.
 *
 * Rules:
 * 1. Read is up to the size that the file had at first; a line that isn't whole yet is read the next time.
 * 2. Another inode under the name: the rest of the old file is read first, where it still lies beside it unpacked.
 * 3. The first look takes the end of the file, and of the one rotated before it; at most 64 MiB in all.
 */
import type { Host } from '../../../src/ports/host.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { LogRead } from '../../../src/ports/mail-log.ts';

/** $1 file, $2 first octet (from 1), $3 how many. The dot at the end shows whether the last line was whole. */
const READ =
  '[ -r "$1" ] || { echo "$1 can not be read" >&2; exit 77; }; tail -c "+$2" -- "$1" | head -c "$3"; printf .';
const FIRST_BYTES = 64 * 1024 * 1024;
const MOST_BYTES = 256 * 1024 * 1024;
const LONGEST_LINE = 100_000;

interface Mark {
  readonly inode: string;
  readonly offset: number;
}

interface Piece {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** It begins within a line, which is passed over. */
  readonly cut: boolean;
}

export async function readLogFile(
  host: Host,
  path: string,
  mark: string | undefined,
  deadlineMs: number,
  take: (line: string) => void,
): Promise<LogRead> {
  const end = performance.now() + deadlineMs;
  const left = (): number => Math.max(1, Math.round(end - performance.now()));
  const now = await sizeOf(host, path, left());
  const gaps: string[] = [];
  const before = mark === undefined ? undefined : readMark(mark);
  const pieces = before
    ? await piecesSince(host, path, now, before, left(), gaps)
    : await firstPieces(host, path, now, left());
  let offset = now.offset;
  for (const piece of pieces) {
    const unfinished = await readPiece(host, piece, left(), take);
    if (piece.path === path) offset = piece.to - unfinished;
  }
  return { mark: `${now.inode}:${offset}`, gaps };
}

function readMark(text: string): Mark | undefined {
  const [, inode, offset] = /^(\d+):(\d+)$/.exec(text) ?? [];
  return inode === undefined ? undefined : { inode, offset: Number(offset) };
}

async function sizeOf(host: Host, path: string, deadlineMs: number): Promise<Mark> {
  const ran = await host.run(['stat', '-L', '-c', '%i %s', '--', path], { deadlineMs });
  const [, inode, size] = /^(\d+) (\d+)\s*$/.exec(ran.out) ?? [];
  if (ran.code !== 0 || inode === undefined)
    throw new HostUnknown(`The log ${path} can't be looked at: ${ran.err.trim().split('\n').at(-1) ?? ''}`);
  return { inode, offset: Number(size) };
}

async function firstPieces(host: Host, path: string, now: Mark, deadlineMs: number): Promise<readonly Piece[]> {
  const from = Math.max(0, now.offset - FIRST_BYTES);
  const newest = { path, from, to: now.offset, cut: from > 0 };
  if (from > 0) return [newest];
  const older = await sizeOf(host, `${path}.1`, deadlineMs).catch(() => undefined);
  if (!older) return [newest];
  const start = Math.max(0, older.offset - (FIRST_BYTES - now.offset));
  return [{ path: `${path}.1`, from: start, to: older.offset, cut: start > 0 }, newest];
}

async function piecesSince(
  host: Host,
  path: string,
  now: Mark,
  before: Mark,
  deadlineMs: number,
  gaps: string[],
): Promise<readonly Piece[]> {
  const whole = (file: string, from: number, to: number): Piece => {
    if (to - from <= MOST_BYTES) return { path: file, from, to, cut: false };
    gaps.push(`${to - from - MOST_BYTES} octets of ${file} were passed over: more was logged than is read at once`);
    return { path: file, from: to - MOST_BYTES, to, cut: true };
  };
  if (now.inode === before.inode && now.offset >= before.offset) return [whole(path, before.offset, now.offset)];
  if (now.inode === before.inode) {
    gaps.push(`${path} was cut short meanwhile; what it said before is lost`);
    return [whole(path, 0, now.offset)];
  }
  const old = await findByInode(host, path, before.inode, deadlineMs);
  if (!old) {
    gaps.push(`${path} was rotated meanwhile and the old file is packed or gone; what it said at its end is lost`);
    return [whole(path, 0, now.offset)];
  }
  return [whole(old.path, Math.min(before.offset, old.size), old.size), whole(path, 0, now.offset)];
}

async function findByInode(host: Host, path: string, inode: string, deadlineMs: number) {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1).replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
  const argv = ['find', path.slice(0, slash) || '/', '-maxdepth', '1', '-name', `${name}*`, '-inum', inode];
  const ran = await host.run([...argv, '-printf', String.raw`%s %p\n`], { deadlineMs });
  const [, size, found] = /^(\d+) (.+)$/m.exec(ran.out) ?? [];
  return found === undefined || /\.(?:gz|bz2|xz|zst)$/.test(found) ? undefined : { path: found, size: Number(size) };
}

/** How many octets at its end are no whole line. */
async function readPiece(host: Host, piece: Piece, deadlineMs: number, take: (line: string) => void): Promise<number> {
  if (piece.to <= piece.from) return 0;
  const argv = ['sh', '-c', READ, 'tourniquet', piece.path, String(piece.from + 1), String(piece.to - piece.from)];
  let held: string | undefined;
  let passOver = piece.cut;
  for await (const lines of host.lines(argv, { deadlineMs, longest: LONGEST_LINE })) {
    for (const line of lines) {
      if (held !== undefined && !passOver) take(held);
      if (held !== undefined) passOver = false;
      held = line ?? '';
    }
  }
  return Math.max(0, Buffer.byteLength(held ?? '') - 1);
}
