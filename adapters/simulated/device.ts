/**
 * A machine of the company that measures act on: the gateway, the mail server. Its state is a set of small files, one
 * for each thing that can be changed; what it does follows from what they say.
 *
 * Owns: the files, their leases, the fence, the record of every effect. Does not own: what a file means (gateway.ts,
 * mail-host.ts).
 * Rules:
 * 1. It knows five words: `show FILE`, `lease FILE`, `put FILE [SECONDS]`, `renew FILE SECONDS`, `remove FILE`.
 * 2. A leased file ends by the device's own timer, though nobody can reach it.
 * 3. Whoever comes with a smaller number than was seen is refused; a person's hand has none.
 */
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import type { Host, HowToRun, Ran } from '../../src/ports/host.ts';
import type { VirtualClock } from './clock.ts';

/** What a device does to one run. `command-lost`: nothing happens, nobody is told; `reply-lost`: it happens. */
export type Behaviour =
  | { readonly kind: 'well'; readonly afterMs: number }
  | { readonly kind: 'command-lost' }
  | { readonly kind: 'reply-lost' }
  | { readonly kind: 'twice'; readonly afterMs: number }
  | { readonly kind: 'away' };

/** One effect as the device itself remembers it. `fence` is undefined for a person's hand and the device's own timer. */
export interface Act {
  readonly at: number;
  readonly device: string;
  readonly file: string;
  readonly fence: number | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly by: 'command' | 'hand' | 'timer';
}

export interface Device extends Host {
  readonly name: string;
  readonly acts: readonly Act[];
  /** What a file says and is in force; undefined where there is none or its lease is over. */
  says(file: string): string | undefined;
  files(): readonly string[];
  /** Somebody at its keyboard. */
  byHand(file: string, text: string | undefined): void;
  /** How it treats what it is told, from now on. */
  behave(as: (argv: readonly string[], isEffect: boolean) => Behaviour): void;
}

interface Kept {
  readonly text: string;
  /** End of the lease in monotonic milliseconds. */
  readonly until: number | undefined;
}

const WELL: Behaviour = { kind: 'well', afterMs: 40 };

export function makeDevice(
  name: string,
  clock: VirtualClock,
  first: Readonly<Record<string, string>>,
  changed: (act: Act) => void = () => {},
): Device {
  const kept = new Map<string, Kept>(Object.entries(first).map(([file, text]) => [file, { text, until: undefined }]));
  const acts: Act[] = [];
  let highest = 0;
  let behaviour: (argv: readonly string[], isEffect: boolean) => Behaviour = () => WELL;
  const isOver = (file: Kept): boolean => file.until !== undefined && file.until <= clock.monotonic();
  const says = (file: string): string | undefined => {
    const found = kept.get(file);
    return found && !isOver(found) ? found.text : undefined;
  };
  const note = (file: string, before: string | undefined, by: Act['by'], fence?: number): void => {
    const act = { at: clock.monotonic(), device: name, file, fence, before, after: says(file), by };
    acts.push(act);
    changed(act);
  };
  const lay = (file: string, text: string, seconds: number | undefined, fence: number | undefined): void => {
    const before = says(file);
    const until = seconds === undefined ? undefined : clock.monotonic() + seconds * 1000;
    kept.set(file, { text, until });
    note(file, before, 'command', fence);
    if (until !== undefined)
      clock.at(until, () => {
        if (kept.get(file)?.until === until) note(file, text, 'timer');
      });
  };
  const obey = (argv: readonly string[], how: HowToRun): Ran => {
    const [word, file = '', seconds] = argv;
    const found = kept.get(file);
    if (isEffectWord(word)) {
      if (how.fence === undefined) return { code: 2, out: '', err: `${word} needs a number\n` };
      if (how.fence < highest) throw new FenceLost(name);
      highest = how.fence;
    }
    switch (word) {
      case 'show':
        return found ? done(found.text) : missing(file);
      case 'lease':
        if (!found) return missing(file);
        if (found.until === undefined) return done('none\n');
        return done(isOver(found) ? 'over\n' : `${Math.ceil((found.until - clock.monotonic()) / 1000)}\n`);
      case 'put':
        lay(file, how.input ?? '', seconds === undefined ? undefined : Number(seconds), how.fence);
        return done('');
      case 'renew':
        if (!found) return missing(file);
        lay(file, found.text, Number(seconds), how.fence);
        return done('');
      case 'remove': {
        const before = says(file);
        if (kept.delete(file)) note(file, before, 'command', how.fence);
        return done('');
      }
      default:
        return { code: 127, out: '', err: `${word ?? ''}: not found\n` };
    }
  };
  const lost = async (how: HowToRun): Promise<never> => {
    await clock.wait(how.deadlineMs);
    throw new HostUnknown(
      `${name} did not answer within ${Math.round(how.deadlineMs / 1000)} s. Look whether it can be reached.`,
    );
  };
  return {
    name,
    acts,
    says,
    files: () => [...kept.keys()].toSorted(),
    byHand: (file, text) => {
      const before = says(file);
      if (text === undefined) kept.delete(file);
      else kept.set(file, { text, until: kept.get(file)?.until });
      note(file, before, 'hand');
    },
    behave: (as) => {
      behaviour = as;
    },
    run: async (argv, how) => {
      const as = behaviour(argv, isEffectWord(argv[0]));
      switch (as.kind) {
        case 'well':
          await clock.wait(as.afterMs);
          return obey(argv, how);
        case 'twice':
          await clock.wait(as.afterMs);
          obey(argv, how);
          return obey(argv, how);
        case 'reply-lost':
          obey(argv, how);
          return lost(how);
        case 'command-lost':
        case 'away':
          return lost(how);
        default:
          return as satisfies never;
      }
    },
    // oxlint-disable-next-line require-yield -- there is no program on it that prints by the line
    async *lines(argv) {
      throw new HostUnknown(`${name} has no program ${argv[0] ?? ''}.`);
    },
  };
}

function isEffectWord(word: string | undefined): boolean {
  return word === 'put' || word === 'renew' || word === 'remove';
}

function done(out: string): Ran {
  return { code: 0, out, err: '' };
}

function missing(file: string): Ran {
  return { code: 1, out: '', err: `${file}: no such file\n` };
}
