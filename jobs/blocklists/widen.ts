/**
 * The addresses of a name that is checked: they are checked too, and that is said.
 *
 * Rules:
 * 1. Where they could not be found out, the lists that would have been asked about them are unknown, and with them the
 *    name: nothing else would tell "clear" from "not looked at".
 * 2. A server that refuses to look the name up is one of lists alone, which has no say in whose addresses it has: noted.
 */
import { nameOfSubject } from '../../src/commands/specs/check.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import { specialPurpose } from '../../src/domain/address/special.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import type { DnsFault, Resolver } from '../../src/ports/dns.ts';
import type { Finding } from './sweep.ts';

export interface Widened {
  readonly subjects: readonly Subject[];
  /** Address -> the name that has it. */
  readonly origins: ReadonlyMap<string, string>;
  /** Name -> the families of which it could not be found out whether it has addresses, and why. */
  readonly unfound: ReadonlyMap<string, Unfound>;
  readonly notes: readonly string[];
}

export type Unfound = ReadonlyMap<4 | 6, DnsFault>;

const FAMILIES = [
  { type: 'A', family: 4 },
  { type: 'AAAA', family: 6 },
] as const;

/** A name's own addresses are checked too; where they can't be found out, that is said. */
export async function withAddresses(
  asked: readonly Subject[],
  resolver: Resolver,
  anyAddress: boolean,
  deadlineMs: number,
): Promise<Widened> {
  const origins = new Map<string, string>();
  const unfound = new Map<string, Unfound>();
  const notes: string[] = [];
  const found = await Promise.all(
    asked.map(async (subject): Promise<readonly Subject[]> => {
      if (subject.kind === 'ip') return [];
      const replies = await Promise.all(
        FAMILIES.map(({ type }) => resolver.ask({ name: subject.domain, type }, deadlineMs)),
      );
      const failed = FAMILIES.flatMap(({ family }, index): readonly (readonly [4 | 6, DnsFault])[] => {
        const reply = replies[index];
        return reply?.kind === 'failed' ? [[family, reply.why]] : [];
      });
      if (failed.length > 0) {
        const which = failed.length === 2 ? 'addresses' : `IPv${failed[0]?.[0] ?? 4} addresses`;
        const why = [...new Set(failed.map(([, each]) => each))].join(', ');
        const remedy = why === 'refused' ? 'check the address itself' : 'ask again, or check the address itself';
        notes.push(
          `the ${which} of ${subject.domain} could not be found out (${why}), so they were not checked: ${remedy}`,
        );
      }
      unfound.set(subject.domain, new Map(failed.filter(([, why]) => why !== 'refused')));
      return replies
        .flatMap((reply) => (reply.kind === 'answer' ? reply.data : []))
        .flatMap((text): readonly Subject[] => {
          const ip = parseIp(text);
          if (ip.kind === 'bad') return [];
          const special = anyAddress ? undefined : specialPurpose(ip.value);
          if (special !== undefined) {
            notes.push(
              `${subject.domain} has ${ip.value.text}, ${special}; it was not checked: check the public one itself`,
            );
            return [];
          }
          origins.set(ip.value.text, subject.domain);
          return [{ kind: 'ip', ip: ip.value }];
        });
    }),
  );
  const all = new Map([...asked, ...found.flat()].map((subject) => [nameOfSubject(subject), subject]));
  for (const subject of asked) if (subject.kind === 'ip') origins.delete(subject.ip.text);
  return { subjects: [...all.values()], origins, unfound, notes };
}

/** What the lists of addresses say of a name whose addresses could not be found out: nothing, and why. */
export function withUnfound(row: readonly Finding[], unfound: Unfound | undefined): readonly Finding[] {
  if (unfound === undefined || unfound.size === 0) return row;
  return row.map((finding) => {
    const why = finding.list.kind === 'ip' ? finding.list.families.map((family) => unfound.get(family)) : [];
    const first = why.find((each) => each !== undefined);
    return first === undefined ? finding : { ...finding, verdict: { state: 'unknown', why: first } };
  });
}
