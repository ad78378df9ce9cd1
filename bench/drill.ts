/** How many simulated hours pass in a second: drills that play themselves, each scenario twice, without and with faults. */
import { playMany } from '../test/support/drills.ts';
import { printTable } from './measure.ts';

const DRILLS = 36;

export async function run(): Promise<void> {
  await playMany(18, false);
  const rows: (string | number)[][] = [
    ['drills', 'simulated hours', 'in a second', 'in a second of processor time', 'simulated : real'],
  ];
  for (const withFaults of [false, true]) {
    const before = process.cpuUsage();
    const began = performance.now();
    const { simulatedHours } = await playMany(DRILLS, withFaults, 101);
    const seconds = (performance.now() - began) / 1000;
    const used = process.cpuUsage(before);
    rows.push([
      `${DRILLS} ${withFaults ? 'with faults' : 'by themselves'}`,
      Math.round(simulatedHours),
      simulatedHours / seconds,
      simulatedHours / ((used.user + used.system) / 1e6),
      `${Math.round((simulatedHours * 3600) / seconds)} : 1`,
    ]);
  }
  printTable('The drill (one process; after one of each scenario that is not counted)', rows);
}
