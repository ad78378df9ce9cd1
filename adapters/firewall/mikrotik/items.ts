/**
 * What a measure lays on a MikroTik router: rules that match only while a list of its own has entries, and those lists.
 *
 * Rules:
 * 1. Everything carries the measure's tag and its number in its comment; what doesn't is never touched.
 * 2. The rules come first and do nothing yet; the entries of the switching list come after them, a seal
 *    last. With a lease the switch has a timeout, and the router itself removes it.
 * 3. "Every address" is two halves, as /0 may be refused.
 */
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';

export type Menu =
  | 'ip/firewall/filter'
  | 'ipv6/firewall/filter'
  | 'ip/firewall/address-list'
  | 'ipv6/firewall/address-list';

export const MENUS: readonly Menu[] = [
  'ip/firewall/filter',
  'ipv6/firewall/filter',
  'ip/firewall/address-list',
  'ipv6/firewall/address-list',
];

export interface Item {
  readonly menu: Menu;
  readonly properties: Readonly<Record<string, string>>;
  /** `switch`: an entry of the switching list, laid after the rules. `seal`: laid last of all, so that a switch that ran
   *  out is told from one that was never laid. */
  readonly step: 'rules' | 'switch' | 'seal';
}

/** What was decided while planning. */
export interface Resolved {
  readonly outside: readonly string[];
  readonly allowed: readonly string[];
  readonly manage: readonly string[];
  readonly mac?: string;
}

export function listOf(tag: string, what = ''): string {
  return `tourniquet-${what === '' ? '' : `${what}-`}${tag}`;
}

export function commentOf(tag: string, number: number): string {
  return `tourniquet ${tag} ${number}`;
}

/** In the order in which they are laid. Throws MeasureRefused where the order is no firewall's. */
export function itemsOf(tag: string, order: MeasureOrder, resolved: Resolved, firewall: string): readonly Item[] {
  const laid = laidBy(tag, order, resolved, firewall);
  return laid.map((item, index) => ({
    ...item,
    properties: { ...item.properties, comment: commentOf(tag, index + 1) },
  }));
}

function laidBy(tag: string, order: MeasureOrder, resolved: Resolved, firewall: string): readonly Item[] {
  switch (order.kind) {
    case 'block-port-25': {
      const ports = order.submissionToo ? '25,465,587' : '25';
      return [
        ...both((six) => resolved.outside.flatMap((way) => blockRules(tag, way, ports, six, resolved.allowed))),
        ...entries(listOf(tag, 'allow'), resolved.allowed),
        ...armed(tag),
      ];
    }
    case 'unplug':
      return [
        ...both((six) => resolved.outside.flatMap((way) => plugRules(tag, way, six, resolved))),
        ...entries(listOf(tag, 'keep'), resolved.allowed),
        ...entries(listOf(tag, 'manage'), resolved.manage),
        ...armed(tag),
      ];
    case 'quarantine-host':
      return both((six) => quarantineRules(order.address, six, resolved.mac));
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${firewall} is a firewall.`);
    default:
      return order satisfies never;
  }
}

type Properties = Readonly<Record<string, string>>;

function both(rules: (six: boolean) => readonly Properties[]): readonly Item[] {
  return [false, true].flatMap((six) =>
    rules(six).map((properties): Item => ({
      menu: six ? 'ipv6/firewall/filter' : 'ip/firewall/filter',
      properties,
      step: 'rules',
    })),
  );
}

function blockRules(
  tag: string,
  way: string,
  ports: string,
  six: boolean,
  allowed: readonly string[],
): readonly Properties[] {
  const isAllowed = allowed.some((each) => each.includes(':') === six);
  return ['forward', 'output'].flatMap((chain): readonly Properties[] => {
    const match = {
      chain,
      protocol: 'tcp',
      'dst-port': ports,
      'out-interface': way,
      'dst-address-list': listOf(tag),
      ...(isAllowed && { 'src-address-list': `!${listOf(tag, 'allow')}` }),
    };
    return [
      {
        ...match,
        'tcp-flags': 'syn,!ack',
        action: 'add-src-to-address-list',
        'address-list': listOf(tag, 'tried'),
        'address-list-timeout': '1d',
        log: 'yes',
        'log-prefix': `tourniquet ${tag}`,
      },
      { ...match, action: 'reject', 'reject-with': 'tcp-reset' },
    ];
  });
}

function plugRules(tag: string, way: string, six: boolean, { allowed, manage }: Resolved): readonly Properties[] {
  const has = (list: readonly string[]): boolean => list.some((each) => each.includes(':') === six);
  const on = { 'dst-address-list': listOf(tag), action: 'drop' };
  const link = six
    ? [{ chain: 'output', protocol: 'icmpv6', 'out-interface': way, 'dst-address-list': listOf(tag), action: 'accept' }]
    : [];
  return [
    {
      ...on,
      chain: 'forward',
      'out-interface': way,
      ...(has(allowed) && { 'src-address-list': `!${listOf(tag, 'keep')}` }),
    },
    ...(has(allowed)
      ? [
          {
            chain: 'forward',
            'in-interface': way,
            'connection-state': 'established,related',
            'dst-address-list': listOf(tag, 'keep'),
            action: 'accept',
          },
        ]
      : []),
    { ...on, chain: 'forward', 'in-interface': way },
    ...link,
    ...(has(manage)
      ? [{ chain: 'output', 'out-interface': way, 'dst-address-list': listOf(tag, 'manage'), action: 'accept' }]
      : []),
    {
      ...on,
      chain: 'output',
      'out-interface': way,
      'connection-state': 'new',
      ...(has(allowed) && { 'src-address-list': `!${listOf(tag, 'keep')}` }),
    },
    ...(has(manage)
      ? [
          {
            ...on,
            chain: 'input',
            'in-interface': way,
            'connection-state': 'new',
            'src-address-list': `!${listOf(tag, 'manage')}`,
          },
        ]
      : []),
  ];
}

function quarantineRules(address: string, six: boolean, mac: string | undefined): readonly Properties[] {
  const isMine = address.includes(':') === six;
  const from = [
    ...(mac === undefined ? [] : [{ 'src-mac-address': mac.toUpperCase() }]),
    ...(isMine ? [{ 'src-address': address }] : []),
  ];
  return [
    ...['forward', 'input'].flatMap((chain) => from.map((match) => ({ chain, ...match, action: 'drop' }))),
    ...(isMine ? [{ chain: 'forward', 'dst-address': address, action: 'drop' }] : []),
  ];
}

function entries(list: string, addresses: readonly string[]): readonly Item[] {
  return addresses.map((address) => ({
    menu: address.includes(':') ? 'ipv6/firewall/address-list' : 'ip/firewall/address-list',
    properties: { list, address },
    step: 'rules',
  }));
}

function armed(tag: string): readonly Item[] {
  const every = ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'].flatMap((address) =>
    entries(listOf(tag), [address]).map((item): Item => ({ ...item, step: 'switch' })),
  );
  const seal = entries(listOf(tag, 'seal'), ['192.0.2.2']).map((item): Item => ({ ...item, step: 'seal' }));
  return [...every, ...seal];
}
