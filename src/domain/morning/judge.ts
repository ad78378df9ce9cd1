/**
 * What a look before people come in amounts to.
 *
 * Rules:
 * 1. Only what changed since the last look alerts; what stands is counted, not told again.
 * 2. A listing by a minor, informational or policy list is mentioned, never paged; one that flaps is told apart.
 * 3. A new listing that a second look of ours and somebody else's don't both confirm is called so, and wakes nobody.
 * 4. What couldn't be looked at is said; the same look, or list of weight high, failing a second time in a row is itself
 *    an alert.
 */
import type { Difference } from '../blocklists/compare.ts';
import type { CauseId } from '../causes.ts';
import type { Diagnosis } from '../diagnosis/diagnose.ts';
import type { Evidence, ListingEvidence } from '../diagnosis/evidence.ts';
import type { Urgency } from '../escalation/chain.ts';
import { foreign, say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';

export interface MorningLook {
  readonly site: string;
  readonly evidence: Evidence;
  readonly diagnosis: Diagnosis;
  readonly listings: Difference;
  /** What the lists of domains say of the site's own. */
  readonly domains?: readonly ListingEvidence[];
  /** Looks that failed, each in words, beginning with the look's name and a colon. */
  readonly failed: readonly string[];
  /** Names of the looks that had failed the last time. */
  readonly failedBefore: readonly string[];
  /** Lists of weight high that could be asked neither now nor the last time. */
  readonly silent: readonly string[];
  readonly verdictBefore: CauseId | undefined;
  /** Lists that a second, independent look has confirmed. */
  readonly confirmed: readonly string[];
  readonly standing: readonly { readonly number: number; readonly kind: string; readonly until?: number }[];
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

export interface Morning {
  /** The worst of it first; empty where all is as it was. */
  readonly news: readonly Phrase[];
  readonly mentioned: readonly Phrase[];
  readonly notSeen: readonly Phrase[];
  /** An incident is to be opened, or joined, for this cause. */
  readonly incident?: { readonly cause: CauseId; readonly title: Phrase; readonly urgency: Urgency };
  readonly tone: 'good' | 'warning' | 'critical' | 'unknown';
}

const CALM: readonly CauseId[] = ['healthy', 'undetermined', 'policy-listing'];
const ABUSE: readonly CauseId[] = [
  'compromised-workstation',
  'compromised-server',
  'authenticated-relay',
  'ndr-attack',
  'open-relay',
];
const CERTIFICATE_DAYS = 14;
const DAY_MS = 86_400_000;

export function judgeMorning(look: MorningLook): Morning {
  const { diagnosis, listings, verdictBefore } = look;
  const { verdict } = diagnosis;
  const grave = listings.appeared.filter(
    (each) => each.nature === 'abuse' && (each.weight === 'high' || each.weight === 'medium'),
  );
  const slight = listings.appeared.filter((each) => !grave.includes(each));
  const turned = !CALM.includes(verdict) && verdict !== verdictBefore;
  const lasting = look.failed.filter((each) => look.failedBefore.includes(nameOf(each)));
  const news: Phrase[] = [
    ...grave.map(
      (each) =>
        say`newly listed by ${each.list} (${each.weight}${look.confirmed.includes(each.list) ? '' : ', unconfirmed'}): ${foreign(each.subjects.join(', '), 200)}`,
    ),
    ...(turned ? [say`the verdict is ${verdict} (${Math.round(diagnosis.confidence * 100)} %)`] : []),
    ...lasting.map((each) => say`still not to be looked at, as the last time: ${foreign(each, 200)}`),
    ...(look.silent.length === 0 ? [] : [say`still not to be asked, as the last time: ${look.silent.join(', ')}`]),
  ];
  const mentioned: Phrase[] = [
    ...slight.map(
      (each) => say`newly on ${each.list} (${each.weight}, ${each.nature ?? 'unknown'}): no reason to wake anybody`,
    ),
    ...listings.vanished.map((each) => say`no longer on ${each.list}`),
    ...listings.flapping.map((each) => say`${each.list} can’t make up its mind; it is told once`),
    ...listings.unseen.map((each) => say`${each.list} listed it when last asked, and could not be asked now`),
    ...stale(look),
    ...expiring(look),
  ];
  const incident = incidentOf(
    look,
    grave.map((each) => each.list),
    turned,
  );
  return {
    news,
    mentioned,
    notSeen: [...look.failed.map((each): Phrase => [foreign(each, 200)]), ...unasked(look)],
    ...(incident && { incident }),
    tone:
      grave.length > 0 || (turned && ABUSE.includes(verdict))
        ? 'critical'
        : news.length > 0
          ? 'warning'
          : look.failed.length > 0
            ? 'unknown'
            : verdict === 'healthy' || verdict === verdictBefore
              ? toneOfStanding(verdict)
              : 'unknown',
  };
}

function toneOfStanding(verdict: CauseId): Morning['tone'] {
  if (verdict === 'healthy') return 'good';
  return verdict === 'undetermined' ? 'unknown' : 'warning';
}

function incidentOf(look: MorningLook, grave: readonly string[], turned: boolean): Morning['incident'] {
  const { verdict, confidence } = look.diagnosis;
  if (turned && ABUSE.includes(verdict)) {
    const seen = grave.length === 0 || grave.some((list) => look.confirmed.includes(list));
    const urgency = seen && confidence >= 0.5 ? 'wake' : 'can-wait';
    return { cause: verdict, title: say`${verdict}`, urgency };
  }
  if (turned) return { cause: verdict, title: say`${verdict}`, urgency: 'can-wait' };
  if (grave.length === 0) return undefined;
  const confirmed = grave.some((list) => look.confirmed.includes(list));
  return {
    cause: verdict === 'healthy' ? 'undetermined' : verdict,
    title: say`listed by ${grave.join(', ')}`,
    urgency: confirmed ? 'wake' : 'can-wait',
  };
}

/** Lists that have failed their own test points: they say nothing of anybody until that is mended. */
function stale(look: MorningLook): readonly Phrase[] {
  return [...unknownLists(look)]
    .filter(([why]) => isDead(why))
    .map(([why, zones]) => {
      const [verb, them] =
        zones.length === 1 ? ['no longer works as a list', 'it'] : ['no longer work as lists', 'them'];
      return say`${enumerated(zones)} ${verb} (${why}); where that lasts, switch ${them} off under blocklists: off`;
    });
}

function unasked(look: MorningLook): readonly Phrase[] {
  return [...unknownLists(look)]
    .filter(([why]) => !isDead(why))
    .map(
      ([why, zones]) => say`${zones.length === 1 ? 'a list' : `${zones.length} lists`} (${why}): ${enumerated(zones)}`,
    );
}

function isDead(why: string): boolean {
  return why === 'dead-list' || why === 'answers-everything';
}

/** Why → the lists that are unknown for it, each once. */
function unknownLists({ evidence, domains = [] }: MorningLook): ReadonlyMap<string, readonly string[]> {
  const rows = [...(evidence.listings ?? []), ...domains].flatMap((each) => each.lists);
  const unknown = new Map(
    rows.flatMap((row) => (row.state === 'unknown' ? [[row.zone, row.why ?? 'unknown'] as const] : [])),
  );
  const byWhy = new Map<string, string[]>();
  for (const [zone, why] of unknown) byWhy.set(why, [...(byWhy.get(why) ?? []), zone]);
  return byWhy;
}

/** As many as are read on a phone. */
const SHOWN = 5;

function enumerated(zones: readonly string[]): string {
  const more = zones.length - SHOWN;
  return `${zones.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function expiring({ evidence, standing, now }: MorningLook): readonly Phrase[] {
  return [
    ...(evidence.certificates ?? [])
      .filter((each) => each.daysLeft <= CERTIFICATE_DAYS)
      .map((each) => say`the certificate of ${foreign(each.name, 80)} ends in ${Math.floor(each.daysLeft)} days`),
    ...standing.map((each) =>
      each.until !== undefined && each.until - now < DAY_MS
        ? say`measure ${each.number} (${each.kind}) ends by itself within a day`
        : say`measure ${each.number} (${each.kind}) is in force`,
    ),
  ];
}

/** `queue of mx1: no answer` → `queue of mx1` */
export function nameOf(failed: string): string {
  return failed.split(':')[0] ?? failed;
}
