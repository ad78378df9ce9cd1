import { afterEach, expect, it } from 'vitest';
import { openAlarms } from '../../../adapters/dns/alarms.ts';
import type { Alarm, Alarms } from '../../../adapters/dns/alarms.ts';
import { until } from '../../lab/process.ts';

interface Bell extends Alarm<Bell> {
  readonly name: string;
}

let alarms: Alarms<Bell>;
afterEach(() => alarms.close());

const bell = (name: string): Bell => ({ name, step: 0, before: undefined, after: undefined });

it('rings each alarm once, never early, those of one moment too', async () => {
  const rung: string[] = [];
  const early: string[] = [];
  const began = performance.now();
  const at = { c: began + 60, a: began + 20, b: began + 20, d: began + 20 };
  alarms = openAlarms<Bell>((each, now) => {
    rung.push(each.name);
    if (now < at[each.name as keyof typeof at]) early.push(each.name);
  });
  for (const [name, moment] of Object.entries(at)) alarms.set(bell(name), moment);
  await until(() => Promise.resolve(rung.length >= 4), 2000, 'all alarms to ring');
  expect([rung.slice(0, 3).toSorted(), rung.slice(3), early]).toEqual([['a', 'b', 'd'], ['c'], []]);
});

it('forgets the first, the middle and the last of one moment, and one that another drops as it rings', async () => {
  const rung: string[] = [];
  const bells = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(bell);
  const of = (name: string): Bell => bells.find((each) => each.name === name) ?? bell(name);
  alarms = openAlarms<Bell>((each) => {
    rung.push(each.name);
    // Whichever of the two rings first silences the other.
    if (each.name === 'b') alarms.drop(of('f'));
    if (each.name === 'f') alarms.drop(of('b'));
  });
  const at = performance.now() + 30;
  for (const each of bells) alarms.set(each, at);
  for (const name of ['a', 'd', 'g']) alarms.drop(of(name));
  alarms.set(of('e'), at + 40);
  await until(() => Promise.resolve(rung.includes('e')), 2000, 'the last alarm to ring');
  expect(rung.filter((name) => name === 'b' || name === 'f')).toHaveLength(1);
  expect(rung.filter((name) => name !== 'b' && name !== 'f')).toEqual(['c', 'e']);
});
