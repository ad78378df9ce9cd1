/**
 * `leak`: both ways out are looked at, and what they come to is told. In an incident that it goes on for, the playbook
 * begins anew; the JSON is tourniquet.leak/1 (docs/incidents.md).
 */
import { readArguments } from '../../src/commands/parse.ts';
import { leakSpec } from '../../src/commands/specs/leak.ts';
import { cidrContains } from '../../src/domain/address/cidr.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import { foreign, plain, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { connectedBefore, findingsOf } from '../../src/domain/hunt/findings.ts';
import { addLook, beginHunt } from '../../src/domain/hunt/hunt.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { QUIET_MS, judgeLeak } from '../../src/domain/incidents/stopped.ts';
import type { LeakFinding, LeakLooks } from '../../src/domain/incidents/stopped.ts';
import { taskOf } from '../../src/domain/measures/record.ts';
import { sayName } from '../../src/messages/hunt.ts';
import { nextBlocks } from '../../src/messages/next.ts';
import { sayLeak } from '../../src/messages/leak.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { Place } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandJob, Status } from '../answer.ts';
import { blockOf, knownOf } from '../hunt/hunt.ts';
import { openIdentifier } from '../hunt/identify.ts';
import { lookAtLog } from '../mail/look-at-log.ts';
import { standingMeasures } from '../measures/ledger.ts';
import { changeIncident } from './change.ts';
import { tellIncident } from './tell.ts';
import type { TellingIncident } from './tell.ts';
import { viewIncident } from './view.ts';
import type { Seen } from './view.ts';
import { incidentHere } from './which.ts';

type Looking = Pick<World, 'clock' | 'grounds' | 'ledger' | 'logMemory' | 'mailLogs' | 'network' | 'watches'>;
type Leaking = Looking & TellingIncident;

const LOG_DEADLINE_MS = 45_000;
/** The step of the playbooks that this look is for: what it marks itself is no change. */
const OWN_STEP = 'prove-stopped';

export const runLeak: CommandJob<keyof Leaking> = async (request, world) => {
  const args = readArguments(leakSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const number = args.value.incident ?? (await incidentHere(request.conversation, world));
  const seen = number === undefined ? undefined : await viewIncident(world, number);
  const name = args.value.site ?? seen?.incident.site ?? onlyOf(world.sites.names);
  const place = name === undefined ? undefined : world.sites.find(name);
  if (!place)
    return {
      status: 'refused',
      message: sayRefused(
        name === undefined ? 'no site was named' : `there is no site ${JSON.stringify(name)}`,
        `say leak and one of ${world.sites.names.join(', ') || 'the sites of tourniquet.yaml; none is configured'}`,
      ),
    };
  const open = seen && seen.incident.state !== 'closed' ? seen : undefined;
  const changedAt = open && lastChange(open);
  const looks = await lookAround(place, changedAt, world);
  const finding = judgeLeak(looks);
  const after = open && finding.kind === 'goes-on' ? await beginAnew(world, open, finding) : open;
  const words = sayLeak(finding, { now: looks.now, ways: waysOf(place, looks), incident: after?.incident.number });
  const next = after && finding.kind === 'goes-on' ? nextBlocks(after) : [];
  return {
    status: statusOf(finding),
    message: { ...words, blocks: [...words.blocks, ...next] },
    data: leakJson(place, finding),
    ...((finding.kind === 'goes-on' || finding.kind === 'quiet') && { settles: 'no' }),
  };
};

function onlyOf(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}

/** When a measure of it last came into force or ended, or a step was last done. */
function lastChange({ incident, measures }: Seen): number | undefined {
  const moments = [
    ...measures.flatMap(({ since, endedAt }) => [since ?? [], endedAt ?? []].flat()),
    ...incident.steps
      .filter(({ step, outcome }) => step !== OWN_STEP && (outcome === 'done' || outcome === 'by-hand'))
      .map(({ at }) => at),
  ];
  return moments.length === 0 ? undefined : Math.max(...moments);
}

async function lookAround(place: Place, changedAt: number | undefined, world: Looking): Promise<LeakLooks> {
  const now = world.clock.now();
  const since = Math.min(changedAt ?? now - QUIET_MS, now);
  const blind: Phrase[] = [];
  const [past, through] = await Promise.all([
    lookPast(place, since, world, blind),
    lookThrough(place, now - since, world, blind),
  ]);
  return { now, changedAt, past, through, blind };
}

/** Who reaches port 25 outside, or has tried since where a block counts it. */
async function lookPast(place: Place, since: number, world: Looking, blind: Phrase[]): Promise<LeakLooks['past']> {
  const ground = world.grounds.find(place.name);
  const watch = 'refused' in ground ? ground : world.watches.find(ground.firewall);
  if ('refused' in ground || 'refused' in watch) {
    blind.push(
      say`no firewall of ${place.name} can be looked at: whether a machine sends past the mail server is not seen`,
    );
    return undefined;
  }
  const standing = await standingMeasures(world);
  const known = knownOf(ground, standing, await watch.ownAddresses());
  const before = await watch.before();
  if (before.kind === 'unknown') {
    blind.push(before.why);
    return undefined;
  }
  const reaching = connectedBefore(before, known, ground.inside)
    .filter(({ source, mailServer }) => !mailServer && !isWithin(source, ground.scanners))
    .map(({ source, destinations }) => ({ source, destinations }));
  const block = blockOf(ground.firewall, standing);
  const look = block && (await watch.attempts(taskOf(block)));
  if (look?.kind === 'unknown') blind.push(look.why);
  const tried =
    look?.kind === 'counted' ? findingsOf(addLook(beginHunt(block?.since ?? look.at), look), known) : undefined;
  const trying = (tried?.suspects ?? [])
    .filter(({ part, last }) => part === 'guilty' && last > since)
    .map(({ addresses, destinations }) => ({ source: addresses[0] ?? '', destinations }));
  const identifier = openIdentifier(world);
  const all = [...reaching, ...trying];
  for (const [rank, { source }] of all.entries()) identifier.want([source], undefined, world.clock.now(), rank);
  await identifier.settled();
  const machines = identifier.machines();
  return all.map(({ source, destinations }) => {
    const name = machines.get(source)?.dhcp?.name;
    return { who: name ? say`${sayName(name)} (${source})` : [source], destinations };
  });
}

function isWithin(address: string, ranges: Parameters<typeof connectedBefore>[2]): boolean {
  const ip = parseIp(address);
  return ip.kind === 'ok' && ranges.some((range) => cidrContains(range, ip.value));
}

/** What the logs of all its mail servers show; undefined where one of them can't be read. */
async function lookThrough(
  place: Place,
  sinceMs: number,
  world: Looking,
  blind: Phrase[],
): Promise<LeakLooks['through']> {
  const looked = await Promise.all(
    place.servers.map(async ({ name }) => {
      try {
        const log = world.mailLogs.find(name);
        if (!log) throw new Error(`it isn't configured where ${name} logs`);
        return (await lookAtLog(log, world.logMemory, LOG_DEADLINE_MS, sinceMs)).evidence;
      } catch (error) {
        blind.push(say`log of ${name}: ${foreign(error instanceof Error ? error.message : String(error), 300)}`);
        return undefined;
      }
    }),
  );
  const read = looked.filter((each) => each !== undefined);
  if (read.length < looked.length || read.length === 0) return undefined;
  return {
    logins: read.flatMap(({ logins }) => logins),
    localSenders: read.flatMap(({ localSenders }) => localSenders),
    bouncesPerMinute: Math.max(...read.map(({ bouncesPerMinute }) => bouncesPerMinute)),
    relayedForStrangers: read.reduce((sum, each) => sum + each.relayedForStrangers, 0),
  };
}

/** Writes into the incident that it goes on; where something else is the cause of it now, that is the verdict. */
async function beginAnew(
  world: Leaking,
  { incident: { number } }: Seen,
  finding: Extract<LeakFinding, { kind: 'goes-on' }>,
): Promise<Seen | undefined> {
  const at = world.clock.now();
  const by: Phrase = finding.by[0] ?? ['it was seen'];
  const changed = await changeIncident(world, number, ({ incident }) => {
    const isOther = incident.cause !== finding.cause;
    const verdict: IncidentEvent = {
      kind: 'verdict',
      at,
      verdict: finding.cause,
      confidence: SURE,
      said: say`It goes on: ${by}.`,
      for: finding.by,
      against: [],
      missing: [],
    };
    const isNew = incident.steps.length > 0;
    return {
      events:
        incident.state === 'closed' || !isNew ? [] : [{ kind: 'goes-on', at, seen: by }, ...(isOther ? [verdict] : [])],
      result: undefined,
    };
  });
  await tellIncident(world, number);
  return changed?.seen;
}

/** It was seen, and after what was thought to be the cause had been stopped. */
const SURE = 0.85;

function waysOf(place: Place, { past, through }: LeakLooks): readonly Phrase[] {
  return [
    ...(past ? [say`past the mail server: ${reachedBy(past)}`] : []),
    ...(through && place.servers.length > 0
      ? [
          say`through ${place.servers.map(({ name }) => name).join(', ')}: the log since then, per login, program and stranger`,
        ]
      : []),
  ];
}

function reachedBy(past: NonNullable<LeakLooks['past']>): Phrase {
  if (past.length === 0) return ['nobody but the mail server is connected to port 25 outside'];
  return past.flatMap(({ who, destinations }, index) => [
    index === 0 ? '' : '; ',
    ...say`${who} reaches ${destinations} host${destinations === 1 ? '' : 's'}`,
  ]);
}

function statusOf({ kind }: LeakFinding): Status {
  switch (kind) {
    case 'stopped':
      return 'ok';
    case 'goes-on':
      return 'critical';
    case 'quiet':
    case 'unknown':
      return 'unknown';
    default:
      return kind satisfies never;
  }
}

function leakJson(place: Place, finding: LeakFinding) {
  const moment = (at: number): string => new Date(at).toISOString();
  return {
    schema: 'tourniquet.leak/1',
    site: place.name,
    state: finding.kind,
    ...(finding.kind === 'goes-on' && { cause: finding.cause, by: finding.by.map(plain) }),
    ...(finding.kind === 'unknown' && { why: finding.why.map(plain) }),
    ...((finding.kind === 'quiet' || finding.kind === 'stopped') && { since: moment(finding.since) }),
    ...(finding.kind === 'quiet' && { lookAgainAt: moment(finding.enoughAt) }),
  };
}
