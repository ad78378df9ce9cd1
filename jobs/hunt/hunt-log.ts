/** The hunt in a firewall's log that somebody handed over: for a firewall that isn't reached. */
import { cidrContains } from '../../src/domain/address/cidr.ts';
import type { Cidr } from '../../src/domain/address/cidr.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import { say } from '../../src/domain/foreign.ts';
import { connectedBefore, findingsOf } from '../../src/domain/hunt/findings.ts';
import type { Known } from '../../src/domain/hunt/findings.ts';
import { addLook, beginHunt } from '../../src/domain/hunt/hunt.ts';
import { openLogFold } from '../../src/domain/hunt/logs/fold.ts';
import type { LogLook } from '../../src/domain/hunt/logs/fold.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { Ground } from '../../src/ports/watch.ts';
import type { Answer } from '../answer.ts';
import { answerOf } from './hunt-answer.ts';
import type { Hunting } from './hunt-answer.ts';
import { openIdentifier } from './identify.ts';

const PORTS = [25, 465, 587];
const LONGEST_LINE = 8000;

export async function huntInLog(world: Hunting, ground: Ground, path: string, known: Known): Promise<Answer> {
  const own = new Set(known.mailServers.flatMap(({ addresses }) => addresses));
  const fold = openLogFold({
    ports: PORTS,
    zone: ground.timezone,
    now: world.clock.now(),
    isInside: (address) => own.has(address) || isWithin(address, ground.inside),
  });
  try {
    for await (const piece of world.files.lines(path, LONGEST_LINE)) for (const line of piece) fold.add(line ?? '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { status: 'refused', message: sayRefused(why, 'hand over a file that can be read') };
  }
  const look = fold.end();
  const read = Object.values(look.read).reduce((sum, count) => sum + count, 0);
  if (read === 0)
    return {
      status: 'refused',
      message: sayRefused(
        `none of the ${look.lines} lines is one of a firewall's log that is known`,
        'hand over the log of netfilter, pf (filterlog), MikroTik, FortiGate, Cisco ASA or Windows (pfirewall.log)',
      ),
    };
  const to = look.to ?? world.clock.now();
  // Of a line without a time nobody knows whether it was after a freeze.
  const sources = look.sources.map((each) => ({ lastAtLeast: 0, ...each }));
  const hunt = addLook(beginHunt(look.from ?? to), { kind: 'counted', at: to, sources, full: false });
  const findings = findingsOf(hunt, known);
  const through = connectedBefore(
    { kind: 'seen', connections: look.passed.filter(({ port }) => port === 25) },
    known,
    ground.inside,
  ).filter(({ source }) => !isWithin(source, ground.scanners));
  const identifier = openIdentifier(world);
  for (const [rank, each] of through.entries()) identifier.want([each.source], undefined, to, rank);
  for (const [rank, each] of findings.suspects.entries()) identifier.want(each.addresses, each.mac, each.last, rank);
  await identifier.settled();
  return answerOf({
    firewall: ground.firewall,
    findings,
    machines: identifier.machines(),
    caveats: [...caveatsOf(look, read, ground), ...identifier.blind()],
    goesOn: false,
    source: 'log',
    ...(through.length > 0 && { before: through }),
  });
}

function isWithin(address: string, ranges: readonly Cidr[]): boolean {
  const ip = parseIp(address);
  return ip.kind === 'ok' && ranges.some((range) => cidrContains(range, ip.value));
}

function caveatsOf(look: LogLook, read: number, ground: Ground) {
  return [
    say`${read} of ${look.lines} lines were of connections that could be read; times without a zone were taken as ${ground.timezone}`,
    ...(look.from === undefined ? [say`no line had a time`] : []),
    ...(look.passed.length > 0
      ? [
          say`${look.passed.length} connections outward to port ${PORTS.join(', ')} were let through: they are not counted as attempts`,
        ]
      : []),
  ];
}
