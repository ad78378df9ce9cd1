/** What a hunt has found, as an answer: the message, and the JSON tourniquet.hunt/1 (docs/hunt.md). */
import { plain } from '../../src/domain/foreign.ts';
import { blockedAttempts } from '../../src/domain/hunt/findings.ts';
import type { Findings } from '../../src/domain/hunt/findings.ts';
import { sayHunt } from '../../src/messages/hunt.ts';
import type { HuntReport } from '../../src/messages/hunt.ts';
import type { Machine } from '../../src/ports/network.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, Json } from '../answer.ts';

export type Hunting = Pick<World, 'clock' | 'files' | 'grounds' | 'ledger' | 'network' | 'watches'>;

export function answerOf(report: HuntReport): Answer {
  const { findings } = report;
  const guilty = findings.suspects.some(({ part }) => part === 'guilty' || part === 'mail-server-frozen');
  return {
    status: guilty ? 'critical' : 'unknown',
    message: sayHunt(report),
    data: huntJson(report, findings),
    ...(guilty && { settles: 'yes' as const }),
  };
}

function huntJson(report: HuntReport, findings: Findings): Json {
  return {
    schema: 'tourniquet.hunt/1',
    firewall: report.firewall,
    blocked: true,
    watchedSeconds: findings.watchedSeconds,
    outboundFrozen: findings.frozen,
    ...(report.before && { before: report.before.map((each) => ({ ...each })) }),
    suspects: findings.suspects.map((each) => {
      const machine = each.addresses.flatMap((address) => report.machines.get(address) ?? [])[0];
      return {
        part: each.part,
        addresses: each.addresses,
        attempts: each.attempts,
        destinations: each.destinations,
        ports: each.ports,
        first: new Date(each.first).toISOString(),
        last: new Date(each.last).toISOString(),
        ...machineJson(machine, each),
      };
    }),
    unknown: report.caveats.map(plain),
    evidence: { schema: 'tourniquet.evidence/1', blockedAttempts: attemptsJson(findings) },
  };
}

function attemptsJson(findings: Findings): Json {
  const { sources, ...rest } = blockedAttempts(findings);
  return { ...rest, sources: sources.map((source) => ({ ...source })) };
}

function machineJson(
  machine: Machine | undefined,
  seen: Findings['suspects'][number],
): { readonly [key: string]: Json | undefined } {
  const via = seen.via ?? machine?.via;
  const mac = machine?.mac ?? (via === undefined ? seen.mac : undefined);
  const { dhcp, reverse, port, vendor } = machine ?? {};
  return {
    ...(mac !== undefined && { mac }),
    ...(via !== undefined && { via }),
    ...(seen.cards && { cards: seen.cards }),
    ...(vendor !== undefined && { vendor: vendor === 'made up' ? vendor : vendor.foreign }),
    ...(dhcp !== undefined && { dhcpName: dhcp.name.foreign, leaseCovers: dhcp.covers }),
    ...(reverse !== undefined && { reverse: reverse.foreign }),
    ...(port !== undefined && { port: port.foreign }),
  };
}
