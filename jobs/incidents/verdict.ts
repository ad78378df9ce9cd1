/** A verdict that was found in an incident's conversation, or in its name, becomes its verdict. */
import type { CauseId } from '../../src/domain/causes.ts';
import type { Diagnosis } from '../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../src/domain/diagnosis/evidence.ts';
import { say } from '../../src/domain/foreign.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { factsOf } from '../../src/domain/playbook/facts.ts';
import { actions, button, notice } from '../../src/messages/message.ts';
import type { Block } from '../../src/messages/message.ts';
import { sayTriage } from '../../src/messages/triage.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandRequest } from '../answer.ts';
import { changeIncident } from './change.ts';
import { mayOverturn } from '../../src/domain/incidents/overturn.ts';
import { tellIncident } from './tell.ts';
import type { TellingIncident } from './tell.ts';
import type { Seen } from './view.ts';
import { incidentHere } from './which.ts';

type Written =
  | { readonly kind: 'written' | 'closed' }
  /** What was found doesn't overturn the verdict. */
  | { readonly kind: 'stays'; readonly verdict: CauseId };

export type Judging = TellingIncident & Pick<World, 'clock'>;

/**
 * Writes the verdict into the incident that is meant and tells it; gives what to add to the answer. Where none is meant,
 * a chat is offered to open one.
 */
export async function noteVerdict(
  world: Judging,
  request: CommandRequest,
  named: number | undefined,
  evidence: Evidence,
  diagnosis: Diagnosis,
): Promise<readonly Block[]> {
  const inChat = request.conversation.surface !== 'shell';
  const number = named ?? (inChat ? await incidentHere(request.conversation, world) : undefined);
  if (number === undefined) {
    const place = request.command.words[0];
    if (!inChat || diagnosis.verdict === 'healthy') return [];
    return [actions(button('Open an incident', place === undefined ? 'open' : `open ${place}`, 'primary'))];
  }
  const changed = await changeIncident<Written>(world, number, (seen) => {
    const { state, verdict } = seen.incident;
    if (state === 'closed') return { events: [], result: { kind: 'closed' } };
    const standing = verdict && { verdict: verdict.verdict, at: verdict.at, lastMeasureAt: lastMeasureAt(seen) };
    if (standing && !mayOverturn(standing, evidence, diagnosis))
      return { events: [], result: { kind: 'stays', verdict: standing.verdict } };
    return { events: [verdictEvent(evidence, diagnosis, world.clock.now())], result: { kind: 'written' } };
  });
  if (!changed) return [notice('unknown', say`There is no incident ${number}; say incidents for those there are.`)];
  if (changed.result.kind === 'closed')
    return [notice('neutral', say`Incident ${number} is closed; it keeps its verdict.`)];
  if (changed.result.kind === 'stays')
    return [
      notice(
        'neutral',
        say`Incident ${number} keeps its verdict, ${changed.result.verdict}: measures were taken since, and what they have made (a cleaned queue, a frozen one) proves nothing else.`,
      ),
    ];
  await tellIncident(world, number);
  return [notice('neutral', say`This is the verdict of incident ${number} now.`)];
}

function lastMeasureAt({ measures }: Seen): number | undefined {
  const moments = measures.flatMap(({ since }) => since ?? []);
  return moments.length === 0 ? undefined : Math.max(...moments);
}

/** The verdict as an event of an incident, with the facts that its playbook asks for. */
export function verdictEvent(evidence: Evidence, diagnosis: Diagnosis, at: number): IncidentEvent {
  const [best] = diagnosis.causes;
  return {
    kind: 'verdict',
    at,
    verdict: diagnosis.verdict,
    confidence: diagnosis.confidence,
    said: sayTriage(diagnosis).summary,
    for: best?.for ?? [],
    against: best?.against ?? [],
    missing: diagnosis.missing,
    facts: factsOf(evidence, diagnosis),
  };
}
