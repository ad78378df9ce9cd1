/** The measures of a playbook's steps: proposed in the incident's name, shown where it is followed, taken back. */
import { parseDomain } from '../../src/domain/address/domain.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { readAccount } from '../../src/domain/measures/account.ts';
import { holdOf } from '../../src/domain/measures/order.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import { isOpen, isStanding } from '../../src/domain/measures/record.ts';
import type { MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import type { Refused } from '../../src/domain/parsed.ts';
import type { PlacedStep } from '../../src/domain/playbook/state.ts';
import { orderInWords, sayMeasure } from '../../src/messages/measure.ts';
import { actions, button, message, notice, text } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob, CommandRequest } from '../answer.ts';
import type { Acting } from '../measures/notes.ts';
import { releaseMeasure } from '../measures/release.ts';
import { change } from '../measures/ledger.ts';
import { measureJson, shown } from '../measures/order.ts';
import { propose } from '../measures/propose.ts';
import type { Proposing } from '../measures/propose.ts';
import { tellMeasure } from '../measures/tell.ts';
import { changeIncident } from './change.ts';
import { conversationsOf, tellIncident } from './tell.ts';
import type { TellingIncident } from './tell.ts';
import type { Seen } from './view.ts';

export type Stepping = TellingIncident & Proposing & Acting & Pick<World, 'people'>;

/** Proposes it, or takes up the proposal that a process which died has left. */
export async function proposeStep(
  world: Stepping,
  request: CommandRequest,
  seen: Seen,
  step: PlacedStep,
  order: MeasureOrder,
  by: Who,
): Promise<Answer> {
  const { number, drill } = seen.incident;
  const wrong = faultOf(order);
  if (wrong) return notProposed(world, number, step, by, wrong);
  const left = seen.measures.find(
    (each) => isOpen(each) && each.order.kind === order.kind && holdOf(each.order) === holdOf(order),
  );
  const proposed = left
    ? ({ kind: 'proposed', record: left } as const)
    : await propose(world, order, by, number, drill ? true : undefined);
  if (proposed.kind === 'refused') return notProposed(world, number, step, by, proposed);
  const { record } = proposed;
  const at = world.clock.now();
  await changeIncident(world, number, ({ incident }) => ({
    events: incident.steps.some((mark) => mark.step === step.id && mark.measure === record.number)
      ? []
      : [
          { kind: 'measure', at, number: record.number },
          { kind: 'step', at, step: step.id, outcome: 'begun', by, measure: record.number, request: request.id },
        ],
    result: undefined,
  }));
  return showProposal(world, request, seen, record);
}

/** The measure's card as the answer, and in every other conversation that follows the incident. */
export async function showProposal(
  world: Stepping,
  request: CommandRequest,
  seen: Seen,
  record: MeasureRecord,
): Promise<Answer> {
  const key = `measure-${record.number}`;
  const others = conversationsOf(seen.incident).filter(
    ({ surface, id }) =>
      !(surface === request.conversation.surface && id === request.conversation.id) &&
      !record.told.some((told) => told.conversation.surface === surface && told.conversation.id === id),
  );
  const at = world.clock.now();
  if (others.length > 0)
    await change(world, record.number, () =>
      others.map((conversation) => ({ kind: 'told', at, conversation, key }) as const),
    );
  for (const conversation of others)
    await world.outbox.put({ conversation, key, message: sayMeasure(record) }).catch(() => {});
  return { status: 'warning', ...(await shown(world, request, record)) };
}

/** Takes them back in the order given; where one is refused, the others are left for a person to decide. */
export async function releaseStep(
  world: Stepping,
  numbers: readonly number[],
  by: Who,
  tell: Parameters<CommandJob>[2],
): Promise<Answer> {
  const done: MeasureRecord[] = [];
  for (const number of numbers) {
    tell(message('neutral', say`taking back measure ${number} …`));
    const after = await releaseMeasure(world, number, by, 'exact');
    await tellMeasure(world, after);
    done.push(after);
    if (isStanding(after)) break;
  }
  const left = done.find(isStanding);
  const words = left
    ? say`Measure ${left.number} could not be taken back yet.`
    : say`Taken back: ${done.flatMap((each, index) => [index === 0 ? '' : '; ', ...say`measure ${each.number}, ${orderInWords(each.order)}`])}.`;
  const tone = left ? 'critical' : 'good';
  const goesOn = text('It goes on by itself as soon as that is possible, and is told here; say next then.');
  return {
    status: left ? 'critical' : 'ok',
    message: message(
      tone,
      words,
      notice(tone, words),
      ...(left ? sayMeasure(left).blocks : []),
      ...(left?.state === 'releasing' ? [goesOn] : []),
    ),
    data: { schema: 'tourniquet.undo/1', measures: done.map(measureJson) },
  };
}

async function notProposed(
  world: Stepping,
  number: number,
  step: PlacedStep,
  by: Who,
  refusal: { readonly why: string; readonly remedy: string; readonly heldBy?: number },
): Promise<Answer> {
  const { why, remedy, heldBy } = refusal;
  const failed: IncidentEvent = {
    kind: 'step',
    at: world.clock.now(),
    step: step.id,
    outcome: 'failed',
    by,
    reason: foreign(why, 400),
  };
  await changeIncident(world, number, () => ({ events: [failed], result: undefined }));
  await tellIncident(world, number);
  const words = sayRefused(why, remedy);
  if (heldBy === undefined) return { status: 'refused', message: words };
  const first = actions(
    button(`Take back ${heldBy}`, `undo ${heldBy}`, 'primary'),
    button('Then again', `do ${step.id} --incident ${number}`),
  );
  return { status: 'refused', message: { ...words, blocks: [...words.blocks, first] } };
}

/** What a person or the evidence named is read as strictly as a typed order. */
function faultOf(order: MeasureOrder): Refused | undefined {
  const read =
    order.kind === 'disable-account'
      ? readAccount(order.account)
      : order.kind === 'clean-queue' && order.selection.account !== undefined
        ? readAccount(order.selection.account)
        : order.kind === 'clean-queue' && order.selection.recipientDomain !== undefined
          ? parseDomain(order.selection.recipientDomain)
          : undefined;
  return read?.kind === 'bad' ? read : undefined;
}
