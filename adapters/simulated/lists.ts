/**
 * The blocklists of a drill: its own small catalogue, and what each list has noticed of the company.
 *
 * Rules:
 * 1. A list lists late: after its lag from the first abuse it saw, and only abuse of its own kind.
 * 2. A list delists late: once nothing came for its quiet time, or a while after somebody asked, if it was quiet by then.
 * 3. Whoever asks while it still goes on has to wait the longer.
 */
import type { Blocklist, Code } from '../../src/domain/blocklists/blocklist.ts';
import type { Catalogue } from '../../src/domain/blocklists/catalogue.ts';
import { COMPANY } from './names.ts';
import type { SeededRandom } from './random.ts';

/** What goes out, as seen from outside. `bot`: straight from a machine, past any mail server. */
export type Abuse = 'bot' | 'spam' | 'backscatter';

interface SimulatedList {
  readonly list: Blocklist;
  readonly notices: readonly Abuse[] | 'range' | 'everybody' | 'nobody';
  readonly code: string;
  readonly reason: string;
  readonly lagMinutes: readonly [number, number];
  readonly quietHours: number;
}

export interface ListTraps {
  readonly isPolicyRange: boolean;
  readonly isMinorListed: boolean;
  readonly isDead: boolean;
}

export interface Lists {
  readonly catalogue: Catalogue;
  /** Something went out now (monotonic milliseconds). */
  notice(abuse: Abuse, now: number): void;
  /** Somebody asks all of them for removal. */
  askForRemoval(now: number): void;
  /** The provider takes the address out of the range that must not send. */
  takeOutOfRange(): void;
  /** What a zone says of the public address: its code and its words; undefined: nothing. */
  says(zone: string, now: number): { readonly code: string; readonly reason: string } | undefined;
  /** A list that receivers refuse by lists the address. */
  isListed(now: number): boolean;
  /** Somebody asked for removal while it still went on. */
  wasAskedTooEarly(): boolean;
  readonly silent: string | undefined;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Whoever asks so soon after the last of it asks too early. */
const TOO_EARLY_MS = 2 * MINUTE;
const CODE_ABUSE = (meaning: string, cause?: Code['cause']): Code => ({
  meaning,
  nature: 'abuse',
  ...(cause !== undefined && { cause }),
});

const LISTS: readonly SimulatedList[] = [
  make(
    'bots.lists.example',
    'high',
    ['bot'],
    '127.0.0.4',
    CODE_ABUSE('an infected machine or open proxy behind this address', 'compromised-workstation'),
    'A machine behind this address behaves as a known spam bot does.',
    [20, 60],
    12,
  ),
  make(
    'spam.lists.example',
    'high',
    ['bot', 'spam'],
    '127.0.0.2',
    CODE_ABUSE('a spam source'),
    'Spam from this address arrived in spam traps.',
    [30, 75],
    24,
  ),
  make(
    'senders.lists.example',
    'medium',
    ['bot', 'spam', 'backscatter'],
    '127.0.0.2',
    CODE_ABUSE('a sender with a bad reputation'),
    'Much unwanted mail in the last hours.',
    [25, 80],
    18,
  ),
  make(
    'traps.lists.example',
    'medium',
    ['spam'],
    '127.0.0.2',
    CODE_ABUSE('mail to addresses that nobody ever had'),
    'Mail to spam traps.',
    [40, 80],
    36,
  ),
  make(
    'bounces.lists.example',
    'low',
    ['backscatter'],
    '127.0.0.2',
    CODE_ABUSE('bounces to forged senders', 'ndr-attack'),
    'Bounces of mail that was never sent.',
    [20, 60],
    72,
  ),
  make(
    'ranges.lists.example',
    'high',
    'range',
    '127.0.0.10',
    { meaning: 'a range that must not send directly', nature: 'policy', cause: 'policy-listing' },
    'The provider says that this range is for end users.',
    [0, 0],
    0,
  ),
  make(
    'gossip.lists.example',
    'low',
    'everybody',
    '127.0.0.2',
    CODE_ABUSE('a neighbour of somebody that sent spam once'),
    'The neighbourhood has a bad name.',
    [0, 0],
    0,
  ),
  make('moderate.lists.example', 'medium', 'nobody', '127.0.0.2', CODE_ABUSE('a spam source'), '', [0, 0], 0),
  make(
    'names.lists.example',
    'high',
    'nobody',
    '127.0.0.2',
    CODE_ABUSE('a domain seen in spam'),
    '',
    [0, 0],
    0,
    'domain',
  ),
];

/** The list that no longer answers, where the scenario has one. */
const SILENT = 'moderate.lists.example';

export function makeLists(random: SeededRandom, traps: ListTraps): Lists {
  const lags = new Map(
    LISTS.map(({ list, lagMinutes: [low, high] }) => [list.zone, random.between(low, high) * MINUTE]),
  );
  const seen = new Map<Abuse, { first: number; last: number }>();
  let asked: number | undefined;
  let isTooEarly = false;
  let isInRange = traps.isPolicyRange;
  const isListedBy = (each: SimulatedList, now: number): boolean => {
    const { notices } = each;
    if (notices === 'range') return isInRange;
    if (notices === 'everybody') return traps.isMinorListed;
    if (notices === 'nobody') return false;
    const noticed = notices.flatMap((abuse) => seen.get(abuse) ?? []);
    if (noticed.length === 0) return false;
    const first = Math.min(...noticed.map((abuse) => abuse.first));
    const last = Math.max(...noticed.map((abuse) => abuse.last));
    if (now < first + (lags.get(each.list.zone) ?? 0)) return false;
    const wasQuiet = asked !== undefined && asked - last >= TOO_EARLY_MS;
    if (wasQuiet && asked !== undefined && now >= asked + 40 * MINUTE) return false;
    const impatience = asked !== undefined && !wasQuiet ? 2 : 1;
    return now < last + each.quietHours * HOUR * impatience;
  };
  return {
    catalogue: { lists: LISTS.map(({ list }) => list), left: [] },
    notice: (abuse, now) => {
      const known = seen.get(abuse);
      if (known) known.last = now;
      else seen.set(abuse, { first: now, last: now });
    },
    askForRemoval: (now) => {
      asked = now;
      isTooEarly ||= [...seen.values()].some((abuse) => now - abuse.last < TOO_EARLY_MS);
    },
    wasAskedTooEarly: () => isTooEarly,
    takeOutOfRange: () => {
      isInRange = false;
    },
    says: (zone, now) => {
      const each = LISTS.find(({ list }) => list.zone === zone);
      return each && isListedBy(each, now) ? { code: each.code, reason: each.reason } : undefined;
    },
    isListed: (now) => LISTS.some((each) => each.list.weight !== 'low' && isListedBy(each, now)),
    silent: traps.isDead ? SILENT : undefined,
  };
}

function make(
  zone: string,
  weight: Blocklist['weight'],
  notices: SimulatedList['notices'],
  code: string,
  meaning: Code,
  reason: string,
  lagMinutes: readonly [number, number],
  quietHours: number,
  kind: Blocklist['kind'] = 'ip',
): SimulatedList {
  return {
    notices,
    code,
    reason: `${reason} See https://${zone}/about/${COMPANY}`,
    lagMinutes,
    quietHours,
    list: {
      zone,
      shown: zone,
      name: zone,
      kind,
      families: [4],
      weight,
      codeMode: 'exact',
      codes: new Map([[code, meaning]]),
      errorCodes: new Map(),
      test:
        kind === 'ip'
          ? { positive: ['127.0.0.2'], negative: ['127.0.0.1'] }
          : { positive: ['test'], negative: ['invalid'] },
      removal: `https://${zone}/removal`,
      manners: { everyMs: 0, perDay: Infinity },
    },
  };
}
