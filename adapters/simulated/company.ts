/**
 * The company of a drill, made from a scenario and a seed: its machines, gateway, mail server, the lists that watch it.
 *
 * Owns: what is there, and what was counted. Does not own: what happens by itself (flows.ts), what people do (people.ts).
 */
import { makeGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import type { VirtualClock } from './clock.ts';
import { makeLists } from './lists.ts';
import type { Abuse, Lists } from './lists.ts';
import { makeMailHost } from './mail-host.ts';
import type { MailHost } from './mail-host.ts';
import { FIREWALL, STAFF, hardwareAddress, workstationName } from './names.ts';
import type { SeededRandom } from './random.ts';
import type { Range, Scenario, Trap, Trouble } from './scenario.ts';

export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly hardware: string;
  readonly vendor: string;
  readonly kind: 'workstation' | 'mail-server' | 'scanner';
}

/** Something that does harm, until somebody stops it. Times in monotonic milliseconds; negative is before the drill. */
export interface Source {
  readonly trouble: Trouble;
  readonly begins: number;
  readonly perMinute: number;
  /** Where it sits: a machine's address, or addresses outside. */
  readonly addresses: readonly string[];
  readonly guesses: number;
  isStopped: boolean;
}

export interface Tally {
  /** Unwanted messages that left for the outside since the drill began. */
  spamLeaked: number;
  backscatterLeaked: number;
  /** Of them, the last: monotonic milliseconds. */
  lastLeak: number | undefined;
  mailSent: number;
  mailHeld: number;
  longestHoldMs: number;
  mailRefusedByRelay: number;
}

export interface Company {
  readonly scenario: Scenario;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly publicAddress: string;
  readonly mailServer: Machine;
  readonly machines: readonly Machine[];
  readonly gateway: Gateway;
  readonly mail: MailHost;
  readonly lists: Lists;
  readonly sources: readonly Source[];
  readonly tally: Tally;
  has(trap: Trap): boolean;
  /** Something unwanted went out. */
  leaks(abuse: Abuse, count: number): void;
  /** How long before the person comes in the simulation begins, in milliseconds. */
  readonly lead: number;
}

const MINUTE = 60_000;
const LAN = '10.20.0';
/** The simulation begins so much before the earliest trouble. */
const CALM_MS = 40 * MINUTE;
/** Mail that was held for longer than this, by what was ordered, was held up. */
export const HELD_UP_MS = 15 * MINUTE;

/** `clock` stands at the beginning of the lead: the person comes in `lead` later. */
export function foundCompany(scenario: Scenario, random: SeededRandom, clock: VirtualClock): Company {
  const draw = random.stream('company');
  const publicAddress = `203.0.113.${draw.between(10, 240)}`;
  const machine = (name: string, last: number, kind: Machine['kind'], vendor: string): Machine => ({
    name,
    address: `${LAN}.${last}`,
    hardware: hardwareAddress(draw),
    vendor,
    kind,
  });
  const mailServer = machine('mx1', 5, 'mail-server', 'Server maker');
  const workstations = Array.from({ length: between(draw, scenario.workstations) }, (_, index) =>
    machine(workstationName(index), 20 + index, 'workstation', draw.pick(['Desktop maker', 'Laptop maker'])),
  );
  const has = (trap: Trap): boolean => scenario.traps.includes(trap);
  const machines = [
    mailServer,
    ...workstations,
    ...(has('scanner') ? [machine('watchdog', 250, 'scanner', 'Appliance maker')] : []),
  ];
  const sources = layTrouble(scenario, draw, mailServer, workstations);
  const lead = Math.max(CALM_MS, ...sources.map((source) => -source.begins)) + CALM_MS;
  const tally: Tally = {
    spamLeaked: 0,
    backscatterLeaked: 0,
    lastLeak: undefined,
    mailSent: 0,
    mailHeld: 0,
    longestHoldMs: 0,
    mailRefusedByRelay: 0,
  };
  const lists = makeLists(random.stream('lists'), {
    isPolicyRange: scenario.trouble.some((each) => each.kind === 'policy-range'),
    isMinorListed: has('minor-listing'),
    isDead: has('dead-list'),
  });
  const leaks = (abuse: Abuse, count: number): void => {
    const now = clock.monotonic();
    lists.notice(abuse, now);
    if (now < lead) return;
    if (abuse === 'backscatter') tally.backscatterLeaked += count;
    else tally.spamLeaked += count;
    tally.lastLeak = now;
  };
  const gateway = makeGateway(FIREWALL, mailServer.address, clock);
  const mail = makeMailHost({
    clock,
    random: random.stream('mail'),
    gateway,
    address: mailServer.address,
    smartHost: scenario.site.smartHost,
    accounts: accountsOf(scenario),
    isListed: () => lists.isListed(clock.monotonic()),
    left: (each) => {
      if (each.nature === 'spam') leaks('spam', 1);
      else if (each.nature === 'backscatter') leaks('backscatter', 1);
      else tally.mailSent += 1;
    },
    held: (each, ms) => {
      if (each.nature !== 'legitimate' || ms < HELD_UP_MS) return;
      tally.mailHeld += 1;
      tally.longestHoldMs = Math.max(tally.longestHoldMs, ms);
    },
  });
  return {
    scenario,
    clock,
    random,
    publicAddress,
    mailServer,
    machines,
    gateway,
    mail,
    lists,
    sources: sources.map((source) => ({ ...source, begins: source.begins + lead })),
    tally,
    has,
    leaks,
    lead,
  };
}

export function accountsOf(scenario: Scenario): readonly string[] {
  const stolen = scenario.trouble.flatMap((each) => (each.kind === 'stolen-login' ? [each.account] : []));
  return [...new Set([...STAFF, 'newsletter', ...stolen])];
}

function layTrouble(
  scenario: Scenario,
  draw: SeededRandom,
  mailServer: Machine,
  workstations: readonly Machine[],
): readonly Source[] {
  const free = [...workstations];
  return scenario.trouble.map((trouble): Source => {
    const base = { trouble, guesses: 0, isStopped: false };
    switch (trouble.kind) {
      case 'bot': {
        const at = draw.between(0, Math.max(0, free.length - 1));
        const [host = mailServer] = trouble.on === 'server' ? [mailServer] : free.splice(at, 1);
        const begins =
          trouble.wakesAfterMinutes === undefined
            ? -between(draw, trouble.sinceMinutes)
            : between(draw, trouble.wakesAfterMinutes);
        return {
          ...base,
          begins: begins * MINUTE,
          perMinute: between(draw, trouble.perMinute),
          addresses: [host.address],
        };
      }
      case 'stolen-login':
        return {
          ...base,
          begins: -between(draw, trouble.sinceMinutes) * MINUTE,
          perMinute: between(draw, trouble.perMinute),
          addresses: Array.from(
            { length: between(draw, trouble.addresses) },
            (_, index) => `198.51.100.${20 + index * 7}`,
          ),
          guesses: between(draw, trouble.guesses),
        };
      case 'harvest':
      case 'open-relay':
        return {
          ...base,
          begins: -between(draw, trouble.sinceMinutes) * MINUTE,
          perMinute: between(draw, trouble.perMinute),
          addresses: ['192.0.2.77', '198.51.100.31'],
        };
      case 'isp-refuses':
      case 'broken':
        return { ...base, begins: -between(draw, trouble.sinceMinutes) * MINUTE, perMinute: 0, addresses: [] };
      case 'policy-range':
        return { ...base, begins: -60 * MINUTE, perMinute: 0, addresses: [] };
      default:
        return trouble satisfies never;
    }
  });
}

function between(draw: SeededRandom, [low, high]: Range): number {
  return draw.between(low, high);
}
