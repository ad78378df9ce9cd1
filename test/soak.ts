/**
 * `npm run soak [COUNT] [FROM] [by-themselves|faults]`: drills that play themselves, 1,000 of them from seed 1, then a third
 * as many with faults; the table by scenario. A seed that fails is told with the one command that plays it again, shrunk
 * to its fewest faults. In slices: soak 250 1, soak 250 251, …
 */
import { againInWords, shrink } from '../src/compose/drill/shrink.ts';
import { playMany } from './support/drills.ts';
import type { Failure } from './support/drills.ts';

const [count, from] = [numberOf(process.argv[2], 1000), numberOf(process.argv[3], 1)];
const only = process.argv[4];
const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

let failed = 0;
for (const withFaults of [false, true]) {
  if (only !== undefined && (only === 'faults') !== withFaults) continue;
  const many = withFaults && only === undefined ? Math.ceil(count / 3) : count;
  const began = performance.now();
  const tally = await playMany(many, withFaults, from);
  const seconds = (performance.now() - began) / 1000;
  out(
    `${many} drills ${withFaults ? 'with faults' : 'by themselves'}, seeds ${from} to ${from + many - 1}: ${Math.round(tally.simulatedHours)} simulated hours in ${Math.round(seconds)} s`,
  );
  console.table(tally.table);
  for (const failure of tally.failures) out(await inWords(failure));
  failed += tally.failures.length;
}
out(failed === 0 ? 'No seed failed.' : `${failed} seeds failed.`);
process.exit(failed === 0 ? 0 : 1);

async function inWords({ order, faults, why }: Failure): Promise<string> {
  const again = order.faults ? againInWords(order, await shrink(order, faults), faults) : againInWords(order);
  return `FAILED ${order.scenario.name}, seed ${order.seed}: ${why.join('; ')}\n  ${again}`;
}

function numberOf(word: string | undefined, usual: number): number {
  const number = Number(word ?? usual);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`${JSON.stringify(word)} is no number of drills, nor a seed. Write npm run soak 250 251.`);
  return number;
}
