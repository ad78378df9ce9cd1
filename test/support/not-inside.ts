import { ADDRESSES, ADDRESSES6 } from '../lab/company.ts';

/** Who is never taken off the network by a gateway `gw` of the lab's company: what it is, its address, the refusal. */
export const NOT_INSIDE: readonly (readonly [what: string, address: string, why: RegExp])[] = [
  ['the provider’s router', ADDRESSES.outside, /lies outside, beyond wan0 of gw; only a machine inside/],
  ['the provider’s router by IPv6', ADDRESSES6.outside, /lies outside, beyond wan0 of gw/],
  ['whoever is beyond it', '192.0.2.99', /lies outside, beyond wan0 of gw/],
  ['the gateway itself', ADDRESSES.gateway, /is gw itself; say the address of the machine behind it/],
  ['all of the segment', '10.77.0.255', /is no machine’s address: to gw it is broadcast/],
];
