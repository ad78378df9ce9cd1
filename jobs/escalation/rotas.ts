/**
 * The rotas as they are now, those that are kept elsewhere with what was last fetched of them.
 *
 * Rules:
 * 1. Nobody waits for a calendar while something is wrong: it is fetched every few minutes, and what is known counts.
 * 2. A fetch that fails changes nothing of what is known; its age and why it failed are told with it.
 */
import type { Rota } from '../../src/domain/escalation/rota.ts';
import { assignShifts } from '../../src/domain/escalation/shifts.ts';
import type { KnownShifts } from '../../src/ports/rotas.ts';
import type { World } from '../../src/ports/world.ts';

export type Rotating = Pick<World, 'clock' | 'onCall' | 'rotas'>;

export interface RotaNow {
  readonly rota: Rota;
  /** What is to be known of it; left out where all is well. */
  readonly note?: string;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** As far ahead as the next handover is looked for. */
const AHEAD_MS = 70 * DAY_MS;
/** Older than this is told. */
const OLD_MS = 30 * MINUTE_MS;

export async function rotasNow(world: Rotating): Promise<readonly RotaNow[]> {
  const { sources, memory, people } = world.rotas;
  return Promise.all(
    world.onCall.rotas.map(async (rota): Promise<RotaNow> => {
      if (!sources.some((source) => source.rota === rota.name)) return { rota };
      const known = await memory.recall(rota.name).catch(() => undefined);
      const { rota: whole, unassigned } = assignShifts(rota, known?.shifts ?? [], people);
      const note = noteOf(known, unassigned, world.clock.now());
      return { rota: whole, ...(note !== undefined && { note }) };
    }),
  );
}

function noteOf(known: KnownShifts | undefined, unassigned: readonly string[], now: number): string | undefined {
  const why = known?.failed === undefined ? '' : `: ${known.failed}`;
  const parts = [
    ...(known === undefined || known.at === 0
      ? [`its calendar could not be read yet${why}; these are the turns of tourniquet.yaml`]
      : now - known.at > OLD_MS
        ? [`as of ${Math.round((now - known.at) / MINUTE_MS)} min ago${why}`]
        : []),
    ...(unassigned.length > 0
      ? [`${unassigned.length} of its shifts name nobody of tourniquet.yaml: ${quoted(unassigned)}`]
      : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function quoted(titles: readonly string[]): string {
  const shown = titles.slice(0, 3).map((title) => JSON.stringify(title.slice(0, 40)));
  return `${shown.join(', ')}${titles.length > 3 ? ' …' : ''}`;
}

/** The chore: every five minutes. */
export const runFetchRotas = async (world: World): Promise<void> => {
  await fetchRotas(world);
};

export async function fetchRotas({ clock, rotas }: Pick<World, 'clock' | 'rotas'>): Promise<void> {
  const now = clock.now();
  await Promise.all(
    rotas.sources.map(async (source) => {
      try {
        const shifts = await source.shifts(now - DAY_MS, now + AHEAD_MS);
        await rotas.memory.keep(source.rota, { at: now, shifts });
      } catch (error) {
        const before = await rotas.memory.recall(source.rota).catch(() => undefined);
        const failed = error instanceof Error ? error.message : String(error);
        await rotas.memory
          .keep(source.rota, { at: before?.at ?? 0, shifts: before?.shifts ?? [], failed })
          .catch(() => {});
      }
    }),
  );
}
