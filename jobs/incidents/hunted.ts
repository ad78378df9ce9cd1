/**
 * What a hunt has found, in its incident: the evidence from before the measures, and now who tried.
 *
 * An attempt of the mail server's own while its outbound mail is frozen turns the verdict; a machine that is named is the
 * fact that the playbook waits for. It stays known in the incident after the block was taken back.
 */
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import type { BlockedAttempts, Evidence } from '../../src/domain/diagnosis/evidence.ts';
import type { Block } from '../../src/messages/message.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandRequest } from '../answer.ts';
import { noteVerdict } from './verdict.ts';
import type { Judging } from './verdict.ts';
import { viewIncident } from './view.ts';
import { incidentHere } from './which.ts';

export type Hunted = Judging & Pick<World, 'evidence' | 'random'>;

/** Stores it, and judges anew. Gives what to add to the answer; nothing where no incident is meant. */
export async function noteHunt(
  world: Hunted,
  request: CommandRequest,
  attempts: BlockedAttempts,
): Promise<readonly Block[]> {
  const number = await incidentHere(request.conversation, world);
  const seen = number === undefined ? undefined : await viewIncident(world, number);
  if (number === undefined || !seen || attempts.sources.length === 0) return [];
  const at = world.clock.now();
  const { site } = seen.incident;
  const before = await world.evidence.latest(site, at);
  const isOfRound = before !== undefined && before.at >= (seen.incident.roundAt ?? 0);
  const evidence = { ...(isOfRound ? before.evidence : lasting(before?.evidence)), blockedAttempts: attempts };
  const id = `${site}-hunt-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${world.random.hex(3)}`;
  const diagnosis = diagnose(evidence);
  const looks = [{ name: 'hunt', state: 'taken', ms: attempts.watchedSeconds * 1000 } as const];
  await world.evidence.keep({ id, place: site, at, looks, evidence });
  await world.evidence.conclude(id, diagnosis.verdict);
  return noteVerdict(world, request, number, evidence, diagnosis);
}

/** Of a look before it was found to go on: what doesn't tell who sent then. */
function lasting(evidence: Evidence | undefined): Evidence {
  const { site, listings } = evidence ?? {};
  return { ...(site && { site }), ...(listings && { listings }) };
}

/** Who was seen trying earlier in the incident that is meant; undefined where none is, or nobody was. */
export async function seenTrying(
  world: Pick<World, 'evidence' | 'clock'> & Judging,
  request: CommandRequest,
  named: number | undefined,
): Promise<BlockedAttempts | undefined> {
  const number = named ?? (await incidentHere(request.conversation, world));
  const seen = number === undefined ? undefined : await viewIncident(world, number);
  if (!seen || seen.incident.state === 'closed') return undefined;
  const before = await world.evidence.latest(seen.incident.site, world.clock.now());
  return before && before.at >= seen.incident.openedAt ? before.evidence.blockedAttempts : undefined;
}
