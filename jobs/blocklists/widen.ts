/** The addresses of a name that is checked: they are checked too, and that is said. */
import { nameOfSubject } from '../../src/commands/specs/check.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import { specialPurpose } from '../../src/domain/address/special.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import type { Resolver } from '../../src/ports/dns.ts';

export interface Widened {
  readonly subjects: readonly Subject[];
  /** Address -> the name that has it. */
  readonly origins: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** A name's own addresses are checked too; where they can't be found out, that is said. */
export async function withAddresses(
  asked: readonly Subject[],
  resolver: Resolver,
  anyAddress: boolean,
  deadlineMs: number,
): Promise<Widened> {
  const origins = new Map<string, string>();
  const notes: string[] = [];
  const found = await Promise.all(
    asked.map(async (subject): Promise<readonly Subject[]> => {
      if (subject.kind === 'ip') return [];
      const replies = await Promise.all(
        (['A', 'AAAA'] as const).map((type) => resolver.ask({ name: subject.domain, type }, deadlineMs)),
      );
      const failed = replies.find((reply) => reply.kind === 'failed');
      if (failed?.kind === 'failed')
        notes.push(
          `the addresses of ${subject.domain} could not be found out (${failed.why}), so they were not checked`,
        );
      return replies
        .flatMap((reply) => (reply.kind === 'answer' ? reply.data : []))
        .flatMap((text): readonly Subject[] => {
          const ip = parseIp(text);
          if (ip.kind === 'bad') return [];
          const special = anyAddress ? undefined : specialPurpose(ip.value);
          if (special !== undefined) {
            notes.push(`${subject.domain} has ${ip.value.text}, ${special}; it was not checked`);
            return [];
          }
          origins.set(ip.value.text, subject.domain);
          return [{ kind: 'ip', ip: ip.value }];
        });
    }),
  );
  const all = new Map([...asked, ...found.flat()].map((subject) => [nameOfSubject(subject), subject]));
  for (const subject of asked) if (subject.kind === 'ip') origins.delete(subject.ip.text);
  return { subjects: [...all.values()], origins, notes };
}
