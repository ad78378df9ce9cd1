/** The fewest faults, from the first on, with which a run still breaks an invariant. */
import { playByItself } from './play.ts';
import type { PlayOrder } from './play.ts';

/** `most`: how many faults the failing run had. A fault that is left out changes what comes after it, so it is tried. */
export async function shrink(order: PlayOrder, most: number): Promise<number> {
  let fails = most;
  let holds = -1;
  while (fails - holds > 1) {
    const middle = Math.floor((fails + holds) / 2);
    const { broken } = await playByItself({ ...order, faults: { first: middle } });
    if (broken.length > 0) fails = middle;
    else holds = middle;
  }
  return fails;
}
