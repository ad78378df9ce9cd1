/**
 * Where the lab's programs come from, and whether they can be had here.
 *
 * A test that needs them is written with `labTest('dns')` or `describeLab('dns', …)`: where the set can't be had it is
 * reported as skipped, by name and with the reason, never left out silently.
 */
import { join } from 'node:path';
import { describe } from 'vitest';
import { ensureSet } from '../../bin/debian-packages.mjs';
import type { UnpackedSet } from '../../bin/debian-packages.mjs';

export type SetName = 'redis' | 'dns' | 'mail' | 'net';

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

export interface Program {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A program of a set, by its path below the set's root, such as `usr/sbin/rbldnsd`. */
export function programOf(name: SetName, path: string): Program {
  const set = look(name);
  if (set instanceof Error) throw set;
  return { path: join(set.root, path), env: set.env };
}

/** `describe`, where the sets can be had (and root, where it is needed); else the same, reported as skipped with why. */
export function describeLab(
  title: string,
  needs: { readonly sets: readonly SetName[]; readonly root?: true },
  body: () => void,
): void {
  const missing = needs.sets.map(look).find((set) => set instanceof Error);
  const why =
    missing instanceof Error
      ? missing.message
      : needs.root && process.getuid?.() !== 0
        ? 'this part of the lab needs root'
        : undefined;
  // oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback, vitest/no-disabled-tests -- the one place that may skip, and it says why
  describe.skipIf(why !== undefined)(why === undefined ? title : `${title} (skipped: ${why})`, body);
}
