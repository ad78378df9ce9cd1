/**
 * Where the lab's programs come from, and whether they can be had here.
 *
 * A test that needs them is written inside `describeLab('what it is about', { sets: ['dns'] }, …)`: where the set, root or
 * the kernel's namespaces can't be had it is reported as skipped, by name and with the reason, never left out silently.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe } from 'vitest';
import { ensureSet } from '../../bin/debian-packages.mjs';
import type { SetName, UnpackedSet } from '../../bin/debian-packages.mjs';

export const SETS: readonly SetName[] = [
  'redis',
  'dns',
  'postfix',
  'exim',
  'opensmtpd',
  'sendmail',
  'dovecot',
  'ssh',
  'net',
];

export interface Program {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Needs {
  readonly sets: readonly SetName[];
  /** Whether boxes are started (box.ts): root, namespaces and overlays. */
  readonly root?: true;
}

/** Why these can't be had here, or undefined where they can. */
export function missingForLab(needs: Needs): string | undefined {
  const missing = needs.sets.map(look).find((set) => set instanceof Error);
  if (missing instanceof Error) return missing.message;
  return needs.root ? missingForBoxes() : undefined;
}

/** `describe`, where the needs are met; else the same, reported as skipped with why. */
export function describeLab(title: string, needs: Needs, body: () => void): void {
  const why = missingForLab(needs);
  // oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback, vitest/no-disabled-tests -- the one place that may skip, and it says why
  describe.skipIf(why !== undefined)(why === undefined ? title : `${title} (skipped: ${why})`, body);
}

/** A program of a set, by its path below the set's root, such as `usr/sbin/rbldnsd`. */
export function programOf(name: SetName, path: string): Program {
  const set = unpacked(name);
  return { path: join(set.root, path), env: set.env };
}

/** A set's folder and environment; throws where it can't be had. */
export function unpacked(name: SetName): UnpackedSet {
  const set = look(name);
  if (set instanceof Error) throw set;
  return set;
}

const found = new Map<SetName, UnpackedSet | Error>();

function look(name: SetName): UnpackedSet | Error {
  const known = found.get(name);
  if (known) return known;
  let set: UnpackedSet | Error;
  try {
    set = ensureSet(name);
  } catch (error) {
    set = error instanceof Error ? error : new Error(String(error));
  }
  found.set(name, set);
  return set;
}

let boxes: { readonly why: string | undefined } | undefined;

/** A container often runs as root without the right to make namespaces: only trying tells. */
function missingForBoxes(): string | undefined {
  boxes ??= { why: tryNamespaces() };
  return boxes.why;
}

function tryNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'this part of the lab needs root; run it with sudo';
  const script =
    'mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w none /mnt/r';
  const tried = spawnSync('unshare', ['-m', '-n', '-p', '-u', '--fork', 'sh', '-ec', script], { encoding: 'utf8' });
  if (tried.status === 0) return undefined;
  const reason = (tried.stderr || tried.error?.message || '').trim().split('\n').at(-1) ?? '';
  return `this part of the lab needs root with the right to make namespaces and overlay mounts (${reason})`;
}
