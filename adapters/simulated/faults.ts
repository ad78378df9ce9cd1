/**
 * Faults between the product and its world, by seed: lost commands and answers, doubled ones, delays, devices that are
 * away, a journal or an audit log that is away, a wall clock that is set, and the process that dies between two steps.
 *
 * Rules:
 * 1. Every fault is drawn from one stream, and numbered; with a limit only the first so many happen, so that a run that
 *    fails can be shrunk to the shortest that does.
 * 2. A process that is dead neither asks nor hears anything any more, whatever it was waiting for.
 * 3. People and devices live on: what a device does by its own timer, it does.
 */
import type { World } from '../../src/ports/world.ts';
import type { Drill } from './world.ts';
import type { Behaviour, Device } from './device.ts';
import type { SeededRandom } from './random.ts';
import type { VirtualClock } from './clock.ts';

export interface Injected {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly what: string;
}

/** A span in which something could not be reached: monotonic milliseconds. */
export interface Away {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

export interface Faults {
  readonly injected: readonly Injected[];
  readonly away: readonly Away[];
  /** A world as one process has it; that process may die in it. */
  live<W extends World>(world: W): Life<W>;
}

export interface Life<W> {
  readonly world: W;
  isDead(): boolean;
  /** Resolves when the process dies. */
  readonly death: Promise<void>;
}

/** How likely each fault is, per opportunity. */
const DEVICE_FAULT = 0.08;
const DEATH = 0.006;
const JOURNAL_AWAY = 0.002;
const AUDIT_AWAY = 0.004;
/** The wall clock is set about so often, in milliseconds. */
const CLOCK_EVERY_MS = 40 * 60_000;

/** Ports at whose calls a process may die or find nobody: they write something down or say something. */
const BOUNDARIES: Readonly<Record<string, readonly string[]>> = {
  ledger: ['begin', 'append', 'settle'],
  incidents: ['begin', 'append', 'settle'],
  auditLog: ['write'],
  holds: ['take', 'free'],
  fences: ['next'],
  outbox: ['put'],
};

/** `limit`: how many faults happen at most. */
export function layFaults(
  drill: Pick<Drill, 'clock' | 'company' | 'auditLog'>,
  random: SeededRandom,
  limit = Infinity,
): Faults {
  const { clock, company, auditLog } = drill;
  const injected: Injected[] = [];
  const away: Away[] = [];
  const happens = (chance: number, what: string): boolean => {
    if (injected.length >= limit || !random.chance(chance)) return false;
    injected.push({ at: clock.monotonic(), what });
    return true;
  };
  for (const device of [company.gateway.device, company.mail.device])
    device.behave(misbehaviour(device, clock, random, happens, away));
  setClock(clock, random, happens);
  let auditBack = 0;
  let journalBack = 0;
  const meet = (port: string): 'well' | 'away' => {
    if (port === 'auditLog' && clock.monotonic() >= auditBack) {
      auditLog.away(0);
      if (happens(AUDIT_AWAY, 'one place of the audit log is away')) {
        auditLog.away(1);
        auditBack = clock.monotonic() + random.between(5, 40) * 1000;
        away.push({ what: 'audit log', from: clock.monotonic(), to: auditBack });
      }
    }
    if (port !== 'ledger' && port !== 'incidents') return 'well';
    if (clock.monotonic() < journalBack) return 'away';
    if (!happens(JOURNAL_AWAY, 'the journals are away')) return 'well';
    journalBack = clock.monotonic() + random.between(2, 30) * 1000;
    away.push({ what: 'journal', from: clock.monotonic(), to: journalBack });
    return 'away';
  };
  return {
    injected,
    away,
    live: (world) => {
      let isDead = false;
      const { promise: death, resolve } = Promise.withResolvers<void>();
      const dies = (where: string): boolean => {
        if (!happens(DEATH, `the process dies ${where}`)) return false;
        isDead = true;
        resolve();
        return true;
      };
      const life: Mortality = { isDead: () => isDead, dies, meet };
      return { world: mortal(world, life), isDead: () => isDead, death };
    },
  };
}

interface Mortality {
  isDead(): boolean;
  dies(where: string): boolean;
  meet(port: string): 'well' | 'away';
}

const forever = (): Promise<never> => new Promise(() => {});

function mortal<W extends World>(world: W, life: Mortality): W {
  return new Proxy(world, {
    get: (target, name) => {
      const port: unknown = Reflect.get(target, name);
      return typeof port === 'object' && port !== null && typeof name === 'string'
        ? mortalPort(port, name, life)
        : port;
    },
  });
}

function mortalPort<P extends object>(port: P, name: string, life: Mortality): P {
  return new Proxy(port, {
    get: (target, method) => {
      const found: unknown = Reflect.get(target, method);
      if (typeof found !== 'function') return found;
      return (...args: unknown[]): unknown => {
        if (life.isDead()) return forever();
        const isBoundary = typeof method === 'string' && (BOUNDARIES[name]?.includes(method) ?? name.endsWith('()'));
        const where = `${name.replace('()', '')}.${String(method)}`;
        if (isBoundary && life.meet(name) === 'away')
          return Promise.reject(new Error('The journal can not be reached. Look at Redis.'));
        if (isBoundary && life.dies(`before ${where}`)) return forever();
        const result: unknown = Reflect.apply(found, target, args);
        return afterwards(result, `${name}.${String(method)}`, life, isBoundary ? `after ${where}` : undefined);
      };
    },
  });
}

/** A dead process doesn't get the answer. What `find` gave is as mortal as the port that gave it. */
function afterwards(result: unknown, path: string, life: Mortality, boundary: string | undefined): unknown {
  if (result instanceof Promise)
    return result.then(
      (value: unknown) => (life.isDead() || (boundary !== undefined && life.dies(boundary)) ? forever() : value),
      (error: unknown) =>
        life.isDead() ? forever() : Promise.reject(error instanceof Error ? error : new Error(String(error))),
    );
  const isPart = path.endsWith('.find') && typeof result === 'object' && result !== null && !('refused' in result);
  return isPart ? mortalPort(result, path.startsWith('measureDrivers') ? 'driver()' : 'part', life) : result;
}

function misbehaviour(
  device: Device,
  clock: VirtualClock,
  random: SeededRandom,
  happens: (chance: number, what: string) => boolean,
  away: Away[],
): (argv: readonly string[], isEffect: boolean) => Behaviour {
  let back = 0;
  return (argv, isEffect) => {
    if (clock.monotonic() < back) return { kind: 'away' };
    const what = `${device.name} ${argv.slice(0, 2).join(' ')}`;
    if (!happens(isEffect ? DEVICE_FAULT : DEVICE_FAULT / 4, what))
      return { kind: 'well', afterMs: random.between(20, 120) };
    switch (random.between(1, isEffect ? 5 : 2)) {
      case 1:
        back = clock.monotonic() + random.between(15, 90) * 1000;
        away.push({ what: device.name, from: clock.monotonic(), to: back });
        return { kind: 'away' };
      case 2:
        return { kind: 'well', afterMs: random.between(1000, 9000) };
      case 3:
        return { kind: 'command-lost' };
      case 4:
        return { kind: 'reply-lost' };
      default:
        return { kind: 'twice', afterMs: random.between(20, 120) };
    }
  };
}

function setClock(clock: VirtualClock, random: SeededRandom, happens: (chance: number, what: string) => boolean): void {
  clock.every(CLOCK_EVERY_MS / 8, () => {
    const minutes = random.pick([-60, -5, 5, 60]);
    if (happens(1 / 8, `the wall clock is set by ${minutes} min`)) clock.jump(minutes * 60_000);
  });
}
