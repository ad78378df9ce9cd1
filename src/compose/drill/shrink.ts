/** The fewest faults, from the first on, with which a run still breaks an invariant, or doesn't end contained. */
import { playByItself } from './play.ts';
import type { PlayOrder } from './play.ts';

/** `most`: how many faults the failing run had. A fault that is left out changes what comes after it, so it is tried. */
export async function shrink(order: PlayOrder, most: number): Promise<number> {
  let fails = most;
  let holds = -1;
  while (fails - holds > 1) {
    const middle = Math.floor((fails + holds) / 2);
    const { broken, score } = await playByItself({ ...order, faults: { first: middle } });
    if (broken.length > 0 || score.result !== 'contained') fails = middle;
    else holds = middle;
  }
  return fails;
}

/** The one command that plays a failing run again. `enough`: how many of its faults still fail it. */
export function againInWords({ scenario, seed }: PlayOrder, enough?: number, most?: number): string {
  const words = `bin/tq drill --auto --scenario ${scenario.name} --seed ${seed}`;
  if (enough === undefined || most === undefined) return `again: ${words}`;
  return `again, with the first ${enough} of its ${most} faults: ${words} --faults --first ${enough}`;
}
