/**
 * `hunt`: who tries to send past the mail server. The JSON is tourniquet.hunt/1 (docs/hunt.md).
 *
 * Rules:
 * 1. The firewall is looked at once a second; a machine is looked up as soon as it is seen first, beside the watching, so
 *    that it is named within seconds of its first attempt.
 * 2. A look that fails is said, and the next one tried; it never reads as nobody.
 * 3. It ends when its time is over, or when the block is no longer in force.
 */
import { readArguments } from '../../src/commands/parse.ts';
import { huntSpec } from '../../src/commands/specs/hunt.ts';
import { say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { blockedAttempts, connectedBefore, findingsOf } from '../../src/domain/hunt/findings.ts';
import type { ConnectedBefore, Known } from '../../src/domain/hunt/findings.ts';
import { addLook, beginHunt } from '../../src/domain/hunt/hunt.ts';
import { isStanding, taskOf } from '../../src/domain/measures/record.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import { sayHunt, sayNoBlock } from '../../src/messages/hunt.ts';
import type { HuntReport } from '../../src/messages/hunt.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { Ground, Watch } from '../../src/ports/watch.ts';
import type { Answer, CommandJob } from '../answer.ts';
import { answerOf } from './hunt-answer.ts';
import type { Hunting } from './hunt-answer.ts';
import { huntInLog } from './hunt-log.ts';
import { noteHunt } from '../incidents/hunted.ts';
import type { Hunted } from '../incidents/hunted.ts';
import { openIdentifier } from './identify.ts';
import type { Identifier } from './identify.ts';
import { readMeasure, standingMeasures } from '../measures/ledger.ts';

const LOOK_EVERY_MS = 1000;
/** What is left for the answer itself where the caller has a deadline. */
const SPARE_MS = 1500;

export const runHunt: CommandJob<keyof Hunting | keyof Hunted> = async (request, world, tell) => {
  const args = readArguments(huntSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const ground = world.grounds.find(args.value.name);
  if ('refused' in ground) return refused(ground.refused, ground.remedy);
  const standing = await standingMeasures(world);
  const log = request.files['log'] ?? request.files['dropped'];
  if (log !== undefined) return huntInLog(world, ground, log, knownOf(ground, standing, []));
  const watch = world.watches.find(ground.firewall);
  if ('refused' in watch) return refused(watch.refused, watch.remedy);
  const block = blockOf(ground.firewall, standing);
  const known = knownOf(ground, standing, await watch.ownAddresses(), block);
  const identifier = openIdentifier(world);
  const before = await watch.before();
  const connected = before.kind === 'seen' ? connectedBefore(before, known, ground.inside) : undefined;
  for (const [rank, each] of (connected ?? []).entries())
    identifier.want([each.source], undefined, world.clock.now(), rank);
  const caveats = before.kind === 'unknown' ? [before.why] : [];
  if (!block) {
    await identifier.settled();
    const report = { machines: identifier.machines(), caveats: [...caveats, ...identifier.blind()] };
    return {
      status: 'unknown',
      message: sayNoBlock(ground.firewall, { ...report, ...(connected && { before: connected }) }),
      data: { schema: 'tourniquet.hunt/1', firewall: ground.firewall, watchedSeconds: 0, blocked: false },
    };
  }
  const scene: Scene = { world, ground, watch, known, identifier, caveats, ...(connected && { before: connected }) };
  const allowed = request.deadlineMs === undefined ? Infinity : request.deadlineMs - SPARE_MS;
  const report = await follow(scene, block, Math.min(args.value.seconds * 1000, Math.max(0, allowed)), (soFar) =>
    tell(sayHunt(soFar)),
  );
  const answer = answerOf(report);
  const more = await noteHunt(world, request, blockedAttempts(report.findings));
  return { ...answer, message: { ...answer.message, blocks: [...answer.message.blocks, ...more] } };
};

interface Scene {
  readonly world: Hunting;
  readonly ground: Ground;
  readonly watch: Watch;
  readonly known: Known;
  readonly identifier: Identifier;
  readonly caveats: readonly Phrase[];
  readonly before?: readonly ConnectedBefore[];
}

/** Looks until the time is over, or the block is. */
async function follow(
  scene: Scene,
  block: MeasureRecord,
  ms: number,
  show: (soFar: HuntReport) => void,
): Promise<HuntReport> {
  const { world, watch, identifier } = scene;
  const end = world.clock.monotonic() + ms;
  let hunt = beginHunt(block.since ?? world.clock.now());
  let ended: Phrase | undefined;
  for (;;) {
    hunt = addLook(hunt, await watch.attempts(taskOf(block)));
    const findings = findingsOf(hunt, scene.known);
    for (const [rank, each] of findings.suspects.entries()) identifier.want(each.addresses, each.mac, each.last, rank);
    if (hunt.blind && !(await stillStands(world, block))) ended = say`the block was taken back meanwhile`;
    const left = end - world.clock.monotonic();
    const isOver = left <= 0 || ended !== undefined;
    if (isOver) await identifier.settled();
    const caveats = [
      ...scene.caveats,
      ...(ended ? [ended] : hunt.blind ? [hunt.blind] : []),
      ...(hunt.full
        ? [say`${scene.ground.firewall} could count no more: further sources are blocked, but not shown`]
        : []),
      ...identifier.blind(),
    ];
    const report: HuntReport = {
      firewall: scene.ground.firewall,
      findings,
      machines: identifier.machines(),
      caveats,
      goesOn: !isOver,
      source: 'firewall',
      ...(scene.before && { before: scene.before }),
    };
    if (isOver) return report;
    show(report);
    await world.clock.wait(Math.min(LOOK_EVERY_MS, left));
  }
}

async function stillStands(world: Hunting, block: MeasureRecord): Promise<boolean> {
  const entry = await readMeasure(world, block.number);
  return entry !== undefined && isStanding(entry.record);
}

/** The block that counts: for everyone before one that lets the mail servers send. */
export function blockOf(firewall: string, standing: readonly MeasureRecord[]): MeasureRecord | undefined {
  const blocks = standing.filter(({ order }) => order.kind === 'block-port-25' && order.firewall === firewall);
  return blocks.find(({ order }) => order.kind === 'block-port-25' && order.who === 'everyone') ?? blocks[0];
}

/** `block`: the one that counts, where one does. */
export function knownOf(
  ground: Ground,
  standing: readonly MeasureRecord[],
  firewall: readonly string[],
  block?: MeasureRecord,
): Known {
  const lets = block?.order.kind === 'block-port-25' && block.order.who === 'all-but-mail-servers';
  return {
    scanners: ground.scanners,
    firewall,
    ...(lets && { serversLetThrough: true }),
    mailServers: ground.mailServers.map((server) => {
      const freeze = standing.find(
        ({ order, state }) => order.kind === 'freeze-outbound' && order.server === server.name && state === 'in-force',
      );
      return { addresses: server.addresses, ...(freeze?.since !== undefined && { frozenSince: freeze.since }) };
    }),
  };
}

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
