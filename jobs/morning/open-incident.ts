/**
 * The house opens an incident by itself: triage done, the first step of the playbook proposed, people called where it is
 * worth it.
 *
 * Rules:
 * 1. One open incident per cause and site; what is found again joins it.
 * 2. The house only proposes; a person approves.
 */
import type { CauseId } from '../../src/domain/causes.ts';
import type { Urgency } from '../../src/domain/escalation/chain.ts';
import { foreign, plain } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { HOUSE, foldIncident } from '../../src/domain/incidents/incident.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { advance } from '../../src/domain/playbook/advance.ts';
import type { PlaybookEffect } from '../../src/domain/playbook/advance.ts';
import { sayMeasure } from '../../src/messages/measure.ts';
import type { World } from '../../src/ports/world.ts';
import { beginEscalation } from '../escalation/begin.ts';
import type { Escalating } from '../escalation/needs.ts';
import { openedByHouse } from '../incidents/by-house.ts';
import { changeIncident } from '../incidents/change.ts';
import { conversationsOf, tellIncident } from '../incidents/tell.ts';
import { change } from '../measures/ledger.ts';
import { propose } from '../measures/propose.ts';
import type { Proposing } from '../measures/propose.ts';

export type Opening = Escalating & Proposing & Pick<World, 'holds'>;

export interface Found {
  readonly site: string;
  readonly cause: CauseId;
  readonly title: Phrase;
  readonly urgency: Urgency;
  /** The verdict, as the incident keeps it. */
  readonly verdict: IncidentEvent;
}

/** Gives the incident's number. */
export async function openOrJoin(world: Opening, found: Found): Promise<number> {
  const key = `${found.site}/${found.cause}`;
  for (;;) {
    const number = await world.incidents.reserve();
    const holder = await world.holds.take(`incident/${key}`, number);
    if (holder === number) {
      await begin(world, number, key, found);
      return number;
    }
    const other = foldIncident(holder, (await world.incidents.read(holder)).events);
    if (other && other.state !== 'closed') {
      await join(world, holder, found);
      return holder;
    }
    await world.holds.free(`incident/${key}`, holder);
  }
}

async function begin(world: Opening, number: number, key: string, found: Found): Promise<void> {
  const at = world.clock.now();
  const opened = openedByHouse(world, at, found.site, foreign(plain(found.title), 120), key);
  await world.incidents.begin([...opened, found.verdict], number);
  await tellIncident(world, number);
  await proposeFirst(world, number).catch(() => {});
  await beginEscalation(world, number, HOUSE, found.urgency);
}

async function join(world: Opening, number: number, found: Found): Promise<void> {
  await changeIncident(world, number, () => ({
    events: [{ kind: 'repeated', at: world.clock.now(), what: found.title }],
    result: undefined,
  }));
  await tellIncident(world, number);
}

async function proposeFirst(world: Opening, number: number): Promise<void> {
  const at = world.clock.now();
  const changed = await changeIncident<readonly PlaybookEffect[]>(world, number, ({ playbook }) => {
    const { effects } = advance(playbook, { kind: 'asked', what: 'do', by: HOUSE, at, request: `house-${number}` });
    if (!effects.some((effect) => effect.kind === 'propose')) return { events: [], result: [] };
    return {
      events: effects.flatMap((effect): readonly IncidentEvent[] =>
        effect.kind === 'mark' ? [{ kind: 'step', ...effect.mark }] : [],
      ),
      result: effects,
    };
  });
  for (const effect of changed?.result ?? []) {
    if (effect.kind !== 'propose') continue;
    const { id } = effect.step;
    const proposed = await propose(world, effect.order, HOUSE, number);
    const events: readonly IncidentEvent[] =
      proposed.kind === 'proposed'
        ? [
            { kind: 'measure', at, number: proposed.record.number },
            { kind: 'step', at, step: id, outcome: 'begun', by: HOUSE, measure: proposed.record.number },
          ]
        : [{ kind: 'step', at, step: id, outcome: 'failed', by: HOUSE, reason: foreign(proposed.why, 400) }];
    const after = await changeIncident(world, number, () => ({ events, result: undefined }));
    if (proposed.kind === 'proposed' && after) {
      const { record } = proposed;
      const key = `measure-${record.number}`;
      const places = conversationsOf(after.seen.incident);
      await change(world, record.number, () =>
        places.map((conversation) => ({ kind: 'told', at, conversation, key }) as const),
      );
      for (const conversation of places)
        await world.outbox.put({ conversation, key, message: sayMeasure(record) }).catch(() => {});
    }
  }
  await tellIncident(world, number);
}
