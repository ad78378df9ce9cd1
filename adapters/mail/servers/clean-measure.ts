/**
 * clean-queue: the messages of a shown selection, and no others, are held, saved, and deleted.
 *
 * Rules:
 * 1. The messages are fixed by `plan`, by id with sender and arrival; just before they are touched they are listed again,
 *    and what isn't the same any more is left alone. Nothing is ever said to ALL.
 * 2. Nothing is deleted that isn't saved, durably, as the server's own queue files.
 * 3. Taking it back puts what was saved into the queue again; on hold where the server has that: spam that is given back
 *    does not leave by itself.
 */
import { z } from 'zod';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { MeasureOrder, QueueSelection } from '../../../src/domain/measures/order.ts';
import type { MeasureTask, Observation } from '../../../src/domain/measures/plan.ts';
import type { ListingSink, QueuedMessage } from '../../../src/domain/queues/message.ts';
import { parseQueueId } from '../../../src/domain/queues/queue-id.ts';
import type { QueueId } from '../../../src/domain/queues/queue-id.ts';
import { isFromAccount, isSelected } from '../../../src/domain/queues/selection.ts';
import type { Mta } from '../../../src/domain/queues/snapshot.ts';
import { counted } from '../../../src/domain/queues/waiting.ts';
import type { MailServer } from '../../../src/ports/mail-server.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { orUnknown } from './or-unknown.ts';
import type { SavedFolder } from './spool.ts';

/** A server's queue on disk. A place is one spool; ids are unique within it. */
export interface Spool {
  readonly name: string;
  readonly mta: Mta;
  readonly mail: MailServer;
  readonly saved: SavedFolder;
  /** Whether a message's envelope tells which login has handed it in. */
  readonly knowsLogins: boolean;
  /** How what is put back lies in the queue then, such as `on hold`. */
  readonly givesBack: string;
  places(): Promise<readonly SpoolPlace[]>;
  list(place: SpoolPlace, sink: ListingSink): Promise<void>;
  hold(place: SpoolPlace, ids: readonly QueueId[], fence: number, tag: string): Promise<void>;
  /** The files of messages that are on hold, each with the name to save it under. */
  filesOf(place: SpoolPlace, ids: readonly QueueId[]): Promise<readonly SpoolFile[]>;
  /** Deletes messages that are on hold. */
  remove(place: SpoolPlace, ids: readonly QueueId[], fence: number, tag: string): Promise<void>;
  /** Where a saved file belongs. */
  pathOf(place: SpoolPlace, name: string): string;
  /** Has the server take up files that were put back. */
  adopt(place: SpoolPlace, fence: number): Promise<void>;
  /** The ids that lie in the spool, whatever the server says of them. */
  idsOnDisk(place: SpoolPlace): Promise<ReadonlySet<string>>;
  words(place: SpoolPlace, ids: string): { readonly engage: readonly string[]; readonly release: readonly string[] };
}

export interface SpoolPlace {
  readonly id: string;
  readonly spool: string;
}

export interface SpoolFile {
  readonly id: string;
  readonly path: string;
  readonly name: string;
}

const priorSchema = z.object({
  places: z.array(
    z.object({
      id: z.string(),
      spool: z.string(),
      messages: z.array(z.object({ id: z.string(), sender: z.string(), arrival: z.number() })),
    }),
  ),
});

type CleanPlan = z.output<typeof priorSchema>['places'][number];

const MOST_MESSAGES = 50_000;
const BATCH = 100;
const ENVELOPES_MS = 30_000;
const SHOWN_IDS = 10;

export function openCleanMeasure(spool: Spool): MeasureDriver {
  const { name, mta, mail, saved } = spool;
  const listed = async (place: SpoolPlace): Promise<readonly QueuedMessage[]> => {
    const all = new Map<string, QueuedMessage>();
    await spool.list(place, { message: (each) => void all.set(each.id, each), malformed: () => {} });
    return [...all.values()];
  };
  const fromAccount = async (
    messages: readonly QueuedMessage[],
    account: string,
  ): Promise<readonly QueuedMessage[]> => {
    const theirs = new Set<string>();
    for (let at = 0; at < messages.length; at += BATCH) {
      const envelopes = await mail.envelopes(idsOf(messages.slice(at, at + BATCH), mta), ENVELOPES_MS);
      for (const each of envelopes) if (isFromAccount(each, account)) theirs.add(each.id);
    }
    return messages.filter((each) => theirs.has(each.id));
  };
  /** What is still there of the plan, and still is the same message. */
  const stillThere = async (plan: CleanPlan): Promise<readonly QueuedMessage[]> => {
    const meant = new Map(plan.messages.map((each) => [each.id, each]));
    return (await listed(plan)).filter((each) => {
      const known = meant.get(each.id);
      return known?.sender === each.sender && known.arrival === arrivalOf(each, mta);
    });
  };
  return {
    renew: async () => {},
    plan: async (order, tag) => {
      const selection = selectionOf(order, name);
      if (selection.account !== undefined && !spool.knowsLogins)
        throw new MeasureRefused(
          `What waits on ${name} does not tell which login has handed it in; select by --sender or --recipient-domain.`,
        );
      const plans: CleanPlan[] = [];
      const found: QueuedMessage[] = [];
      for (const place of await spool.places()) {
        const candidates = (await listed(place)).filter((each) => isSelected(each, selection));
        if (candidates.length > MOST_MESSAGES)
          throw new MeasureRefused(
            `${counted(candidates.length)} on ${name} match; narrow the selection to at most ${MOST_MESSAGES}.`,
          );
        const messages =
          selection.account === undefined ? candidates : await fromAccount(candidates, selection.account);
        found.push(...messages);
        plans.push({
          ...place,
          messages: messages.map((each) => ({ id: each.id, sender: each.sender, arrival: arrivalOf(each, mta) })),
        });
      }
      if (found.length === 0)
        throw new MeasureRefused(`Nothing that waits on ${name} matches; there is nothing to clean.`);
      const words = plans
        .filter((plan) => plan.messages.length > 0)
        .map((plan) => ({ ...spool.words(plan, shownIds(plan)), folder: folderOf(plan, tag) }));
      return {
        order,
        prior: { places: plans },
        commands: words.flatMap((each) => [
          each.engage[0] ?? '',
          `save their files to ${each.folder}`,
          ...each.engage.slice(1),
        ]),
        undo: words.flatMap((each) => [`put the files of ${each.folder} back, ${spool.givesBack}`, ...each.release]),
        blastRadius: blastRadius(found, selection, spool),
      };
    },
    engage: async (task, fence) => {
      for (const plan of plansOf(task)) {
        const folder = folderOf(plan, task.tag);
        await saved.save(folder, [], fence);
        const there = await stillThere(plan);
        if (there.length > 0) {
          await spool.hold(plan, idsOf(there, mta), fence, task.tag);
          const files = await spool.filesOf(plan, idsOf(there, mta));
          await saved.save(
            folder,
            files.map((each) => [each.path, each.name]),
            fence,
          );
          const safe = new Set(files.map((each) => each.id));
          await spool.remove(
            plan,
            idsOf(there, mta).filter((id) => safe.has(id)),
            fence,
            task.tag,
          );
        }
        const kept = await saved.look(folder);
        await saved.finish(folder, kept?.names ?? [], fence);
      }
    },
    observe: (task) =>
      orUnknown(async (): Promise<Observation> => {
        const differences: Phrase[] = [];
        const notes: Phrase[] = [];
        let absent = 0;
        const plans = plansOf(task);
        for (const plan of plans) {
          const folder = folderOf(plan, task.tag);
          const kept = await saved.look(folder);
          const there = await stillThere(plan);
          if (kept === undefined) absent += 1;
          else if (kept.list === undefined) differences.push(say`it is not finished: ${folder} has no list yet`);
          else {
            for (const each of missing(kept)) differences.push(say`${folder}/${foreign(each)} is gone`);
            if (there.length > 0)
              differences.push(say`${counted(there.length)} of them are in the queue of ${name} again`);
            notes.push(say`${kept.list.length} files are saved in ${folder}`);
          }
        }
        if (absent === plans.length) return { kind: 'absent', notes: [] };
        return differences.length > 0 ? { kind: 'changed', differences } : { kind: 'in-force', notes };
      }),
    release: async (task, fence, way) => {
      const notes: Phrase[] = [];
      const found = [];
      for (const plan of plansOf(task)) {
        const folder = folderOf(plan, task.tag);
        found.push({ plan, folder, kept: await saved.look(folder) });
      }
      const differences = found.flatMap(({ folder, kept }) =>
        kept === undefined ? [] : missing(kept).map((each) => say`${folder}/${foreign(each)} is gone`),
      );
      if (way === 'exact' && differences.length > 0) return { kind: 'refused', differences };
      for (const { plan, folder, kept } of found) {
        if (kept === undefined) continue;
        await saved.beginReturn(folder, fence);
        await saved.putBack(
          folder,
          kept.names.map((each) => [each, spool.pathOf(plan, each)]),
          fence,
        );
        await spool.adopt(plan, fence);
        await saved.forget(folder, fence);
        if (kept.names.length > 0) notes.push(say`what was saved is in the queue of ${name} again, ${spool.givesBack}`);
      }
      return { kind: 'released', notes: [...notes, ...differences] };
    },
    verify: (task) =>
      orUnknown(async () => {
        const left: string[] = [];
        let safe = 0;
        for (const plan of plansOf(task)) {
          const onDisk = await spool.idsOnDisk(plan);
          left.push(...plan.messages.map((each) => each.id).filter((id) => onDisk.has(id)));
          safe += (await saved.look(folderOf(plan, task.tag)))?.names.length ?? 0;
        }
        return left.length > 0
          ? { kind: 'disproved', by: [say`${counted(left.length)} of them still lie in the spool of ${name}`] }
          : { kind: 'proved', by: [say`none of them lies in the spool of ${name}; ${safe} files are saved`] };
      }),
  };
}

function plansOf(task: MeasureTask): readonly CleanPlan[] {
  return priorSchema.parse(task.prior).places.filter((plan) => plan.messages.length > 0);
}

function selectionOf(order: MeasureOrder, name: string): QueueSelection {
  if (order.kind !== 'clean-queue') throw new MeasureRefused(`${order.kind} is no cleaning of a queue.`);
  const { sender, recipientDomain, account } = order.selection;
  if (sender === undefined && recipientDomain === undefined && account === undefined)
    throw new MeasureRefused(
      `Everything that waits on ${name} is never deleted; name a sender, a domain or an account.`,
    );
  return order.selection;
}

/** Only ids of the product's own grammar go into a command; a listing never has others. */
function idsOf(messages: readonly QueuedMessage[], mta: Mta): readonly QueueId[] {
  return messages.flatMap((each) => {
    const read = parseQueueId(each.id, mta);
    return read.kind === 'ok' ? [read.value] : [];
  });
}

/** Exim lists ages in minutes, and its ids are never given twice. */
function arrivalOf(message: QueuedMessage, mta: Mta): number {
  return mta === 'exim' ? 0 : message.arrival;
}

function folderOf(plan: SpoolPlace, tag: string): string {
  return `${plan.spool.replace(/\/+$/, '')}-tourniquet/${tag}`;
}

function missing(kept: { readonly names: readonly string[]; readonly list: readonly string[] | undefined }) {
  const there = new Set(kept.names);
  return (kept.list ?? []).filter((each) => !there.has(each));
}

function shownIds(plan: CleanPlan): string {
  const ids = plan.messages.slice(0, SHOWN_IDS).map((each) => each.id);
  const more = plan.messages.length - ids.length;
  return more > 0 ? `${ids.join(' ')} … ${more} more` : ids.join(' ');
}

function blastRadius(
  found: readonly QueuedMessage[],
  selection: QueueSelection,
  { name, givesBack }: Spool,
): readonly Phrase[] {
  const senders = new Set(found.map((each) => each.sender));
  const recipients = found.reduce((sum, each) => sum + each.recipients.length, 0);
  const held = found.filter((each) => each.queue === 'hold' || each.queue === 'frozen').length;
  return [
    say`deletes ${counted(found.length)} to ${recipients} ${recipients === 1 ? 'recipient' : 'recipients'} from the queue of ${name}, of ${senders.size} ${senders.size === 1 ? 'sender' : 'senders'}: ${named([...senders])}`,
    say`selected by ${described(selection)}; nothing else is touched, and what comes in later neither`,
    ...(held > 0 ? [say`${held} of them somebody has put on hold already`] : []),
    say`each is saved first, and can be put back, ${givesBack}`,
  ];
}

function named(senders: readonly string[]): Phrase {
  const shown = senders.slice(0, 3).map((each) => (each === '' ? '<> (null sender)' : foreign(each)));
  const more = senders.length - shown.length;
  const listedOnes = shown.flatMap((each, index) => (index === 0 ? [each] : [', ', each]));
  return more > 0 ? [...listedOnes, ` … ${more} more`] : listedOnes;
}

function described(selection: QueueSelection): Phrase {
  const parts: Phrase[] = [];
  if (selection.sender !== undefined)
    parts.push(selection.sender === '' ? ['the null sender'] : say`sender ${foreign(selection.sender)}`);
  if (selection.recipientDomain !== undefined) parts.push(say`recipients at ${foreign(selection.recipientDomain)}`);
  if (selection.account !== undefined) parts.push(say`login ${foreign(selection.account)}`);
  return parts.flatMap((each, index) => (index === 0 ? each : [' and ', ...each]));
}
