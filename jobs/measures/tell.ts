/**
 * Says how a measure stands wherever its card was shown: a decision on one surface changes the card on every one, and
 * the headline of the incident it belongs to.
 */
import { sayMeasure, sayNoLongerAsked } from '../../src/messages/measure.ts';
import type { Message } from '../../src/messages/message.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import type { Utterance } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import { tellIncident } from '../incidents/tell.ts';
import type { TellingIncident } from '../incidents/tell.ts';

/** Edits every card. Never throws: a chat that is away must not hold up what was decided. */
export async function tellMeasure(world: TellingIncident, record: MeasureRecord): Promise<void> {
  const card = sayMeasure(record);
  await Promise.all(
    record.told.map(({ conversation, key }) => world.outbox.put({ conversation, key, message: card }).catch(() => {})),
  );
  if (record.kept !== undefined || record.state !== 'in-force') await tellAnswered(world, record);
  if (record.incident !== undefined) await tellIncident(world, record.incident);
}

/** A word of its own that deserves a notification, beside the cards. */
export async function tellLoudly(
  world: Pick<World, 'outbox'>,
  record: MeasureRecord,
  key: string,
  words: Message,
): Promise<void> {
  await put(world, record, { key, message: words, loud: true });
}

/** Asks loudly whether the measure is still needed; `record` knows when. Each question is a message of its own. */
export async function tellAsked(world: Pick<World, 'outbox'>, record: MeasureRecord, words: Message): Promise<void> {
  await put(world, record, { key: `measure-${record.number}-asked`, as: askedAs(record), message: words, loud: true });
}

/** The last question, if there was one, is none any more: it was answered, or is asked anew. */
export async function tellAnswered(world: Pick<World, 'outbox'>, record: MeasureRecord): Promise<void> {
  if (record.askedAt === undefined) return;
  await put(world, record, { key: askedAs(record), message: sayNoLongerAsked(record) });
}

function askedAs({ number, askedAt }: MeasureRecord): string {
  return `measure-${number}-asked#${askedAt}`;
}

/** Once in each conversation that has one of its cards. */
async function put(
  world: Pick<World, 'outbox'>,
  record: MeasureRecord,
  said: Omit<Utterance, 'conversation'>,
): Promise<void> {
  const places = new Map(
    record.told.map((each) => [`${each.conversation.surface}/${each.conversation.id}`, each.conversation]),
  );
  await Promise.all(
    [...places.values()].map((conversation) => world.outbox.put({ ...said, conversation }).catch(() => {})),
  );
}
