/**
 * `npm run soak [SEEDS]`: drills that play themselves, 1,000 of them, then a third as many with faults; the table by
 * scenario. A seed that fails is told with the one command that plays it again, shrunk to its fewest faults.
 */
import { shrink } from '../src/compose/drill/shrink.ts';
import { playMany } from './support/drills.ts';
import type { Failure } from './support/drills.ts';

const seeds = Number(process.argv[2] ?? 1000);
const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

let failed = 0;
for (const withFaults of [false, true]) {
  const many = withFaults ? Math.ceil(seeds / 3) : seeds;
  const began = performance.now();
  const tally = await playMany(many, withFaults);
  const seconds = (performance.now() - began) / 1000;
  out(
    `${many} drills ${withFaults ? 'with faults' : 'by themselves'}: ${Math.round(tally.simulatedHours)} simulated hours in ${Math.round(seconds)} s`,
  );
  console.table(tally.table);
  for (const failure of tally.failures) out(await inWords(failure));
  failed += tally.failures.length;
}
out(failed === 0 ? 'No seed failed.' : `${failed} seeds failed.`);
process.exitCode = failed === 0 ? 0 : 1;

async function inWords({ order, faults, why }: Failure): Promise<string> {
  const again = `tq drill --auto --scenario ${order.scenario.name} --seed ${order.seed}`;
  const first = order.faults ? ` --faults --first ${await shrink(order, faults)}` : '';
  return `FAILED ${why.join('; ')}\n  again: ${again}${first}`;
}
