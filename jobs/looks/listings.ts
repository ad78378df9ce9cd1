/** The blocklists about a site's public addresses. */
import { judgeSubject } from '../../src/domain/blocklists/verdict.ts';
import type { ListVerdict } from '../../src/domain/blocklists/verdict.ts';
import type { ListingEvidence } from '../../src/domain/diagnosis/evidence.ts';
import { specialPurpose } from '../../src/domain/address/special.ts';
import type { Domain } from '../../src/domain/address/domain.ts';
import type { Ip } from '../../src/domain/address/ip.ts';
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import type { World } from '../../src/ports/world.ts';
import { withoutComponents } from '../blocklists/check.ts';
import { sweep } from '../blocklists/sweep.ts';
import type { SweepWorld } from '../blocklists/sweep.ts';

const QUESTION_MS = 5000;
/** Fewer lists than this that don't answer are those lists' fault. */
const FEW = 3;

const UNSEEN: readonly ListVerdict['state'][] = ['unknown', 'not-covered'];

/** Not one list gave an answer that can be believed: the fault is on this side, whatever each list's own reason is. */
export class NothingAnswered extends Error {}

type Asking = SweepWorld & Pick<World, 'catalogue'>;

/** Throws NothingAnswered, or an Error where there is nothing to ask about. `isAsked`: not all of the lists. */
export async function lookAtListings(
  addresses: readonly Ip[],
  world: Asking,
  deadlineMs: number,
  isAsked: (list: Blocklist) => boolean = () => true,
): Promise<readonly ListingEvidence[]> {
  // Documentation addresses stand for public ones in examples and in the drill.
  const asked = addresses.filter((ip) => {
    const special = specialPurpose(ip);
    return special === undefined || special.startsWith('a documentation');
  });
  if (asked.length === 0) throw new Error('no public address is configured: put addresses under the site');
  return ask(
    asked.map((ip) => ({ kind: 'ip', ip })),
    world,
    deadlineMs,
    (list) => list.kind === 'ip' && isAsked(list),
  );
}

/** The lists of domains about a site's own domains. Empty where it has none. Throws NothingAnswered. */
export async function lookAtDomains(
  domains: readonly Domain[],
  world: Asking,
  deadlineMs: number,
  isAsked: (list: Blocklist) => boolean = () => true,
): Promise<readonly ListingEvidence[]> {
  if (domains.length === 0) return [];
  return ask(
    domains.map((domain) => ({ kind: 'domain', domain })),
    world,
    deadlineMs,
    (list) => list.kind === 'domain' && isAsked(list),
  );
}

async function ask(
  subjects: readonly Subject[],
  world: Asking,
  deadlineMs: number,
  isAsked: (list: Blocklist) => boolean,
): Promise<readonly ListingEvidence[]> {
  const catalogue = await world.catalogue.read();
  const lists = withoutComponents(catalogue.lists).filter(isAsked);
  const questionMs = Math.min(QUESTION_MS, deadlineMs);
  const findings = await sweep({ subjects, lists, questionMs, wholeMs: deadlineMs }, world);
  const verdicts = findings.flat().map(({ verdict }) => verdict.state);
  if (lists.length >= FEW && verdicts.includes('unknown') && verdicts.every((state) => UNSEEN.includes(state)))
    throw new NothingAnswered(
      `not one of ${lists.length} lists could be asked: look at the resolver and the way out first`,
    );
  return subjects.map((subject, index): ListingEvidence => {
    const rows = findings[index] ?? [];
    const { state, warning } = judgeSubject(rows);
    return {
      subject: subject.kind === 'ip' ? subject.ip.text : subject.domain,
      state,
      ...(warning && { warning }),
      lists: rows.map(({ list, verdict }) => ({
        zone: list.shown,
        state: verdict.state,
        ...(verdict.state === 'listed' && { nature: verdict.nature, causes: verdict.causes }),
        ...(verdict.state === 'unknown' && { why: verdict.why }),
      })),
    };
  });
}
