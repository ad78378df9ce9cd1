import { expect, it } from 'vitest';
import { rulesetOf } from '../../../adapters/firewall/netfilter/nftables/orders.ts';
import type { Plain } from '../../../src/domain/measures/plan.ts';

const of = (prior: Plain) => () =>
  rulesetOf({ tag: 'tq7', order: { kind: 'unplug', firewall: 'gw', leaseMinutes: 5 }, prior }, 'gw');
const WHOLE = { outside: ['wan0', 'ppp0.7'], allowed: ['10.77.0.2', '2001:db8::/64'], manage: ['192.0.2.7/32'] };

it('makes rules of a record that a plan gave', () => {
  expect(of({ ...WHOLE, mac: '02:00:00:00:00:0A' })).not.toThrow();
});

it.each([
  ['an interface', { outside: ['wan0" } ; flush ruleset'] }],
  ['an address that goes on', { allowed: ['10.77.0.2 }\nadd table inet strange'] }],
  ['an address that it is managed from', { manage: ['0.0.0.0/0, evil'] }],
  ['a network card', { mac: '02:00:00:00:00:0a drop\n}' }],
])('makes no rule of a record in which %s ends the rule and begins another', (_what, harm) => {
  expect(of({ ...WHOLE, ...harm })).toThrow(/take it back by hand/);
});
