/**
 * A strict stand-in for measure.ps1 on an Exchange server, as none was at hand: it takes only the argv that Windows
 * PowerShell would bind, with the patterns read from the file itself, and answers in the documented shapes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Host, Ran } from '../../src/ports/host.ts';

const FILE = readFileSync(join(import.meta.dirname, '../../adapters/mail/exchange/measures/measure.ps1'), 'utf8');
const PATTERNS = new Map(
  [...FILE.matchAll(/\[ValidatePattern\('([^']+)'\)\]\s*\[string\] \$(\w+)/g)].map((match) => [
    match[2] ?? '',
    new RegExp(match[1] ?? ''),
  ]),
);
const HEAD =
  'powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:/ProgramData/tourniquet/measures/measure.ps1';
const OLD = '2020-01-01T00:00:00.0000000Z';
const wantedSchema = z.array(z.strictObject({ kind: z.string(), id: z.string(), value: z.enum(['True', 'False']) }));

export interface FakeExchange {
  readonly host: Host;
  readonly connectors: { name: string; enabled: boolean; rest: string }[];
  readonly users: Map<string, boolean>;
  readonly queues: FakeQueue[];
  /** A message to a new destination: Exchange makes a queue for it, with the next number. */
  routes(domain: string, category?: FakeQueue['category']): FakeQueue;
  state(): string;
}

export interface FakeQueue {
  readonly id: string;
  readonly domain: string;
  readonly category: 'External' | 'Internal';
  status: 'Active' | 'Ready' | 'Retry' | 'Suspended';
}

export function fakeExchange(): FakeExchange {
  const connectors = [
    { name: 'Internet mail', enabled: true, rest: 'SMTP:*;1|True||25|EX1' },
    { name: 'Partner', enabled: true, rest: 'SMTP:partner.test;1|False|[192.0.2.9]|25|EX1' },
    { name: 'Old', enabled: false, rest: 'SMTP:*;10|True||25|EX1' },
  ];
  const users = new Map([['svcacct', true]]);
  const queues: FakeQueue[] = [];
  let made = 122;
  const routes: FakeExchange['routes'] = (domain, category = 'External') => {
    made += 1;
    const queue: FakeQueue = { id: `EX1\\${made}`, domain, category, status: 'Active' };
    queues.push(queue);
    return queue;
  };
  routes('far.test');
  // Somebody has suspended this one before, for a reason of his own.
  routes('slow.test').status = 'Suspended';
  routes('edge.test').status = 'Retry';
  routes('mailbox-store', 'Internal');
  /** The file `suspended` beside the fence: queue and destination -> how far it was suspended here. */
  const noted = new Map<string, 'meant' | 'suspended'>();
  const keyOf = ({ id, domain }: FakeQueue): string => `${id}|${domain}`;
  const outside = (): readonly FakeQueue[] => queues.filter(({ category }) => category === 'External');
  let seen = 0;
  const say = (enabled: boolean): string => (enabled ? 'True' : 'False');
  const ok = (marker: string, found: readonly object[]): Ran => ({
    code: 0,
    out: `Welcome to the Exchange Management Shell!\r\nbegin ${marker}\r\n${JSON.stringify(found)}\r\nend ${marker}\r\n`,
    err: '',
  });
  const apply = (bound: ReadonlyMap<string, string>): void => {
    const wanted = wantedSchema.parse(JSON.parse(Buffer.from(bound.get('Settings') ?? '', 'base64').toString()));
    for (const { kind, id, value } of wanted) {
      const connector = connectors.find((each) => each.name === id);
      if (kind === 'SendConnector' && connector) connector.enabled = value === 'True';
      else if (kind === 'Account' && users.has(id)) users.set(id, value === 'True');
      else if (kind === 'Relay' && id === bound.get('Relay')) {
        if (value === 'True' && !connector)
          connectors.push({
            name: id,
            enabled: true,
            rest: `SMTP:*;1|False|${bound.get('RelayHost')}|${bound.get('RelayPort')}|EX1`,
          });
        if (value === 'False' && connector) connectors.splice(connectors.indexOf(connector), 1);
      } else throw new Error(`The operation couldn't be performed because object '${id}' couldn't be found.`);
    }
    if (bound.get('Queues') === 'suspend')
      for (const queue of outside())
        if (queue.status !== 'Suspended' && noted.get(keyOf(queue)) !== 'suspended') {
          queue.status = 'Suspended';
          noted.set(keyOf(queue), 'suspended');
        }
    if (bound.get('Queues') === 'resume') {
      for (const queue of outside())
        if (queue.status === 'Suspended' && noted.has(keyOf(queue))) queue.status = 'Active';
      noted.clear();
    }
  };
  const run = (argv: readonly string[]): Ran => {
    if (argv.slice(0, 7).join(' ') !== HEAD) throw new Error(`not the way to start PowerShell: ${argv.join(' ')}`);
    const bound = new Map<string, string>();
    for (let at = 7; at < argv.length; at += 2) {
      const name = argv[at]?.slice(1) ?? '';
      const value = argv[at + 1] ?? '';
      if (!PATTERNS.get(name)?.test(value))
        return { code: 1, out: '', err: `Cannot validate argument on parameter '${name}'.` };
      bound.set(name, value);
    }
    const marker = bound.get('Marker') ?? '';
    const login = (bound.get('Account') ?? '').split('/').at(-1) ?? '';
    const isAccount = bound.get('Measure') === 'disable-account';
    if (isAccount && !users.has(login))
      return { code: 1, out: '', err: `Cannot find an object with identity: '${login}'` };
    switch (bound.get('Do')) {
      case 'Look':
        return ok(
          marker,
          isAccount
            ? [{ kind: 'Account', id: login, value: say(users.get(login) === true), rest: 'S-1-5-21-1' }]
            : connectors.map((each) => ({
                kind: 'SendConnector',
                id: each.name,
                value: say(each.enabled),
                rest: each.rest,
              })),
        );
      case 'Verify':
        return ok(
          marker,
          isAccount
            ? [{ kind: 'Disabled', id: login, value: say(users.get(login) !== true), rest: '' }]
            : outside()
                .filter(({ status }) => status === 'Active' || status === 'Ready')
                .map((queue) => ({
                  kind: noted.get(keyOf(queue)) === 'suspended' ? 'Resumed' : 'Moving',
                  id: queue.id,
                  value: queue.status,
                  rest: queue.domain,
                })),
        );
      default: {
        const fence = Number(bound.get('Fence'));
        if (!(fence >= seen)) return { code: 75, out: '', err: 'tourniquet: a later hand has acted\r\n' };
        seen = fence;
        apply(bound);
        return ok(marker, []);
      }
    }
  };
  return {
    connectors,
    users,
    queues,
    routes,
    state: () =>
      // A queue that is resumed tries at once, whatever it did before.
      JSON.stringify([connectors, [...users], queues, [...noted]]).replaceAll('"Retry"', '"Active"'),
    host: {
      run: async (argv) => run(argv),
      async *lines(argv) {
        if (!argv.includes('C:/ProgramData/tourniquet/queue.ps1')) throw new Error('not asked for');
        const marker = argv[argv.indexOf('-Marker') + 1] ?? '';
        const waits = ['a@far.test', 'b@far.test'].map((to, index) =>
          JSON.stringify({ id: `EX1\\123\\${index}`, from: 'anna@office.test', received: OLD, recipients: [to] }),
        );
        yield [`begin ${marker}`, ...waits, `end ${marker}`];
      },
    },
  };
}
