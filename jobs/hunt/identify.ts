/**
 * Looks machines up beside the watching: each when it is wanted first, and again where it had no name yet.
 *
 * Rules: at most one look-up at a time; at most 40 machines, the first that were wanted, and 200 with those that are among
 * the worst by then; what fails is no name, said once.
 */
import type { Phrase } from '../../src/domain/foreign.ts';
import { plain, foreign, say } from '../../src/domain/foreign.ts';
import type { Machine, Wanted } from '../../src/ports/network.ts';
import type { World } from '../../src/ports/world.ts';

export interface Identifier {
  /** `at`: when it tried last, milliseconds since 1970 UTC; `rank`: 0 is the worst of now. */
  want(addresses: readonly string[], mac: string | undefined, at: number, rank: number): void;
  /** By each address. */
  machines(): ReadonlyMap<string, Machine>;
  /** What could not be looked up. */
  blind(): readonly Phrase[];
  /** Resolves once nothing is being looked up any more. */
  settled(): Promise<void>;
}

const MOST_MACHINES = 40;
const MOST_WITH_THE_WORST = 200;
const WORST = 10;
const LOOK_UP_MS = 3000;
const AGAIN_AFTER_MS = 5000;

interface Known {
  readonly wanted: Wanted;
  readonly machine?: Machine;
  readonly lookedAt?: number;
}

export function openIdentifier(world: Pick<World, 'network' | 'clock'>): Identifier {
  const known = new Map<string, Known>();
  const blind = new Map<string, Phrase>();
  let running: Promise<void> | undefined;
  const due = (): readonly (readonly [string, Known])[] =>
    [...known].filter(
      ([, { machine, lookedAt }]) =>
        lookedAt === undefined ||
        (machine?.dhcp === undefined &&
          machine?.reverse === undefined &&
          world.clock.monotonic() - lookedAt >= AGAIN_AFTER_MS),
    );
  const lookUp = async (): Promise<void> => {
    const now = due();
    if (now.length === 0) return;
    const lookedAt = world.clock.monotonic();
    try {
      const machines = await world.network.identify(
        now.map(([, { wanted }]) => wanted),
        LOOK_UP_MS,
      );
      now.forEach(([key, { wanted }], index) => {
        const machine = machines[index];
        known.set(key, { wanted, lookedAt, ...(machine && { machine }) });
        for (const phrase of machine?.blind ?? []) blind.set(plain(phrase), phrase);
      });
    } catch (error) {
      for (const [key, each] of now) known.set(key, { ...each, lookedAt });
      const why = say`who the machines are could not be looked up: ${foreign(error instanceof Error ? error.message : String(error), 300)}`;
      blind.set(plain(why), why);
    }
  };
  const run = (): void => {
    if (running || due().length === 0) return;
    running = lookUp().finally(() => {
      running = undefined;
    });
  };
  return {
    want: (addresses, mac, at, rank) => {
      const [key] = addresses;
      if (key === undefined) return;
      const before = known.get(key);
      const isNew = before === undefined || (mac !== undefined && before.wanted.mac === undefined);
      const most = rank < WORST ? MOST_WITH_THE_WORST : MOST_MACHINES;
      if (isNew && (before || known.size < most))
        known.set(key, { wanted: { addresses, at, ...(mac !== undefined && { mac }) } });
      run();
    },
    machines: () =>
      new Map(
        [...known.values()].flatMap(({ wanted, machine }) =>
          machine ? wanted.addresses.map((address) => [address, machine] as const) : [],
        ),
      ),
    blind: () => [...blind.values()],
    settled: async () => {
      await running;
      await lookUp();
    },
  };
}
