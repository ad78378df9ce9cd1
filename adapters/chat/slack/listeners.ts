/**
 * What Bolt hears, led through admission to the gateway, and answered.
 *
 * Rules:
 * 1. Everything that is addressed to the bot is answered: taken (the outbox answers), or refused to the person alone.
 * 2. It is acknowledged once the gateway or, with its refusal, the outbox has taken it; else it throws, so that Slack
 *    sends an event again (a press it never does).
 * 3. What is delivered again while it is being taken waits for the same. A refusal is said once, however often the event comes, over all gateways.
 */
import type { App } from '@slack/bolt';
import { isMeantUnasked } from '../../../src/commands/overheard.ts';
import type { CommandSpec } from '../../../src/commands/spec.ts';
import { readBounce } from '../../../src/domain/bounces/bounce.ts';
import { foreign, plain, say } from '../../../src/domain/foreign.ts';
import { worded } from '../../../src/domain/worded.ts';
import { lineForBounce, sayBounce } from '../../../src/messages/bounce.ts';
import { message, notice } from '../../../src/messages/message.ts';
import type { Message } from '../../../src/messages/message.ts';
import { sayHello } from '../../../src/messages/welcome.ts';
import type { Actor, Gateway, HeardFile, Outbox } from '../../../src/ports/conversation.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { identityOf } from './admission.ts';
import type { Admission, Workspace } from './admission.ts';
import { lateAnswer, privately, tellPrivately } from './answer.ts';
import { fetchDropped } from './files.ts';
import { FORM, formError, formView, readForm } from './form.ts';
import type { Groups } from './groups.ts';
import { digest, hearCommand, hearInteraction, hearInvitation, hearMessage, hearPress, hearReaction } from './heard.ts';
import type { Spoken } from './heard.ts';
import { publishHome } from './home.ts';
import { conversationOf, messageId } from './place.ts';
import { fieldsOf, listAt, textAt } from './record.ts';
import type { Field } from './record.ts';
import { wordsOf } from './words.ts';
import { SlackTrouble } from './web.ts';
import type { SlackWeb } from './web.ts';

export const BOUNCE_SHORTCUT = 'tq.bounce';

export interface ListenerNeeds {
  readonly web: SlackWeb;
  readonly token: string;
  readonly gateway: Gateway;
  readonly admission: Admission;
  readonly groups: Groups;
  /** Whether tourniquet.yaml names this person: then no group is looked at. */
  isNamed(identity: string): boolean;
  readonly registry: readonly CommandSpec[];
  readonly clock: Clock;
  /** By event: what is being taken now. A file may take longer than Slack waits; its redelivery waits for the same. */
  readonly underway: Map<string, Promise<Taken>>;
  /** Takes what could not be told to the person at once. */
  readonly outbox: Outbox;
  /** Folder for dropped files. */
  readonly downloads: string;
  /** Who the bot is and where it lives, as far as Slack has told. */
  readonly self: () => Workspace & { readonly user?: string };
  /** True for the first who asks with this id within a day, over all processes. */
  firstTime(id: string): Promise<boolean>;
  /** The key of the message of ours with this id, where it is one. */
  keyOf(messageId: string): Promise<string | undefined>;
  /** The board for the App Home of this person. */
  board(actor: Actor): Promise<Message>;
}

/** What became of it: taken, or to be told to the person. */
export type Taken =
  | { readonly kind: 'taken' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'told'; readonly message: Message };

export function listen(app: App, needs: ListenerNeeds): void {
  const { web } = needs;

  app.command(/.*/, async ({ ack, body }) => {
    const spoken = hearCommand(fieldsOf(body), needs.self().user);
    const taken: Taken = spoken ? await take(spoken, needs) : { kind: 'silent' };
    if (taken.kind === 'told' && (await isFirst(`${spoken?.id}`, needs)))
      await ack(privately(taken.message, spoken?.id ?? ''));
    else await ack();
  });

  app.action(/.*/, async ({ ack, body }) => {
    const fields = fieldsOf(body);
    const spoken = hearPress(fields);
    const unread = spoken ?? hearInteraction(fields, 'unread');
    if (!unread) return ack();
    const form = spoken?.said.kind === 'pressed' ? /^(.+?) …$/.exec(spoken.said.command)?.[1] : undefined;
    if (spoken && form !== undefined) {
      await ack();
      const plan = { title: form, label: `${form} …`, initial: '', command: form, place: spoken.place };
      return openForm(fields, plan, spoken, needs);
    }
    const taken: Taken = spoken ? await take(spoken, needs) : { kind: 'told', message: sayOldButton() };
    await ack();
    return tell(taken, unread, needs);
  });

  app.event('app_mention', ({ body }) => hearEvent(fieldsOf(body), needs));
  app.event('message', ({ body }) => hearEvent(fieldsOf(body), needs));

  app.event('member_joined_channel', async ({ body }) => {
    const invited = hearInvitation(fieldsOf(body), needs.self().user);
    if (!invited) return;
    // Where it answers nobody, it says nothing.
    const { team } = needs.self();
    const self = { user: needs.self().user ?? '', team: team ?? '' };
    if (await needs.admission.refuse(self, invited.channel, workspaceOf(team, needs))) return;
    if (!(await needs.firstTime(`hello ${invited.id}`).catch(() => true))) return;
    const conversation = conversationOf({ channel: invited.channel });
    await needs.outbox.put({ conversation, key: `hello-${invited.id}`, message: sayHello(), final: true });
  });

  app.event('reaction_added', async ({ body }) => {
    const heard = hearReaction(fieldsOf(body));
    if (!heard) return;
    const found = await web
      .call('conversations.replies', { channel: heard.place.channel, ts: heard.ts, limit: 1, inclusive: true })
      .catch((error: unknown) => {
        if (error instanceof SlackTrouble && error.kind === 'never') return error;
        throw error;
      });
    if (found instanceof SlackTrouble) {
      const words = say`I can’t read the message that you marked (${found.message}). Say note and the words instead.`;
      return tell({ kind: 'told', message: message('unknown', words, notice('unknown', words)) }, heard, needs);
    }
    const marked = fieldsOf(listAt(found, 'messages')[0]);
    const text = wordsOf(textAt(marked, 'text') ?? '');
    const thread = textAt(marked, 'thread_ts') ?? heard.ts;
    if (text === '') return;
    const spoken: Spoken = {
      ...heard,
      place: { ...heard.place, thread },
      said: { kind: 'form', command: 'note', fields: { text: text.slice(0, 1000) } },
    };
    await tell(await take(spoken, needs), spoken, needs);
  });

  app.event('app_home_opened', async ({ body }) => {
    const user = textAt(body, 'event', 'user');
    if (user === undefined || textAt(body, 'event', 'tab') !== 'home') return;
    const speaker = { user, team: textAt(body, 'event', 'user_team') ?? textAt(body, 'team_id') ?? '' };
    const refused = await needs.admission.refuse(speaker, `D${user}`, workspaceOf(textAt(body, 'team_id'), needs));
    const board = refused
      ? message('warning', refused)
      : await needs.board({ surface: 'slack', id: identityOf(speaker), shown: foreign(user) });
    await publishHome(web, user, board);
  });

  app.shortcut(BOUNCE_SHORTCUT, async ({ ack, body }) => {
    const fields = fieldsOf(body);
    const spoken = hearInteraction(fields, textAt(fields, 'action_ts') ?? '');
    await ack();
    if (!spoken) return;
    const bounce = readBounce(bodyOfMessage(fieldsOf(fields['message'])));
    const plan = {
      title: 'Mail incident',
      label: 'What to say',
      initial: lineForBounce(bounce),
      message: sayBounce(bounce),
      place: spoken.place,
    };
    await openForm(fields, plan, { ...spoken, said: { kind: 'words', text: '' } }, needs);
  });

  app.view(FORM, async ({ ack, body }) => {
    const fields = fieldsOf(body);
    const form = readForm(fields['view']);
    const common = hearInteraction(fields, digest(JSON.stringify(fields['view'] ?? '')));
    if (!form || !common) return ack();
    const place = { ...form.place, ...(common.place.user !== undefined && { user: common.place.user }) };
    const taken = await take({ ...common, place, said: form.said }, needs);
    return taken.kind === 'told' ? ack(formError(plain(taken.message.summary))) : ack();
  });
}

async function hearEvent(body: Field, needs: ListenerNeeds): Promise<void> {
  const spoken = hearMessage(body, needs.self().user);
  if (!spoken) return;
  await tell(await take(spoken, needs), spoken, needs);
}

function take(spoken: Spoken, needs: ListenerNeeds): Promise<Taken> {
  const { underway } = needs;
  const now = underway.get(spoken.id) ?? takeOnce(spoken, needs).finally(() => underway.delete(spoken.id));
  underway.set(spoken.id, now);
  return now;
}

async function takeOnce(spoken: Spoken, needs: ListenerNeeds): Promise<Taken> {
  if (spoken.overheard && !isMeant(spoken, needs.registry)) return { kind: 'silent' };
  const identity = identityOf(spoken.speaker);
  const [refused, inGroups] = await Promise.all([
    needs.admission.refuse(spoken.speaker, spoken.place.channel, workspaceOf(spoken.team, needs)),
    needs.isNamed(identity) ? {} : needs.groups.of(spoken.speaker.user),
  ]);
  if (refused) return { kind: 'told', message: message('warning', refused, notice('warning', refused)) };
  const files: HeardFile[] = [];
  for (const [index, file] of spoken.files.slice(0, 3).entries()) {
    const fetched = await fetchDropped(needs.web, needs.token, file, needs.downloads, `${spoken.id}-${index}`).catch(
      (error: unknown) => String(error instanceof Error ? error.message : error),
    );
    if (typeof fetched === 'string')
      return {
        kind: 'told',
        message: message('warning', worded(fetched, 400), notice('warning', worded(fetched, 400))),
      };
    files.push(fetched);
  }
  const said =
    spoken.said.kind === 'words'
      ? { ...spoken.said, text: wordsWithFiles(spoken.said.text, files), ...(files.length > 0 && { files }) }
      : spoken.said;
  const result = await needs.gateway.hear({
    id: spoken.id,
    at: needs.clock.now(),
    conversation: { ...conversationOf(spoken.place), ...(await beneath(spoken, needs)) },
    actor: { surface: 'slack', id: identity, shown: foreign(spoken.speaker.user), ...inGroups },
    said,
  });
  return result.kind === 'refused' ? { kind: 'told', message: result.message } : { kind: 'taken' };
}

/** Which message of ours the thread hangs beneath; where that can't be found out, it is a thread like any other. */
async function beneath({ place }: Spoken, needs: ListenerNeeds): Promise<{ readonly beneath?: string }> {
  if (place.thread === undefined) return {};
  const key = await needs.keyOf(messageId(place.channel, place.thread)).catch(() => undefined);
  return key === undefined ? {} : { beneath: key };
}

/** A dropped file without a word is a queue's listing: what else would be dropped on a bot about mail queues. */
function wordsWithFiles(text: string, files: readonly HeardFile[]): string {
  if (text !== '') return text;
  return files.length > 0 ? 'queue' : 'help';
}

function isMeant({ said }: Spoken, registry: readonly CommandSpec[]): boolean {
  return said.kind !== 'words' || isMeantUnasked(said.text, registry);
}

async function tell(taken: Taken, spoken: Omit<Spoken, 'said'>, needs: ListenerNeeds): Promise<void> {
  if (taken.kind !== 'told' || !(await isFirst(spoken.id, needs))) return;
  const told = await tellPrivately(needs.web, taken.message, spoken.id, spoken.place, spoken);
  if (told !== 'later') return;
  const late = lateAnswer(
    taken.message,
    `late-${spoken.id}`,
    spoken.place.user ?? spoken.speaker.user,
    needs.clock.now(),
  );
  await needs.outbox.put(late);
}

/** Where it can't be known (Redis is down), it is rather said twice. */
function isFirst(id: string, needs: ListenerNeeds): Promise<boolean> {
  return needs.firstTime(`told ${id}`).catch(() => true);
}

async function openForm(
  body: Field,
  plan: Parameters<typeof formView>[0],
  spoken: Spoken,
  needs: ListenerNeeds,
): Promise<void> {
  const refused = await needs.admission.refuse(spoken.speaker, spoken.place.channel, workspaceOf(spoken.team, needs));
  if (refused)
    return tell({ kind: 'told', message: message('warning', refused, notice('warning', refused)) }, spoken, needs);
  const opened = await needs.web
    .call('views.open', { trigger_id: textAt(body, 'trigger_id'), view: formView(plan) })
    .then(
      () => true,
      () => false,
    );
  if (opened) return;
  const line = plan.command ?? plan.initial;
  const words = say`Slack did not open the form. Say it here instead: ${foreign(line, 300)} and what belongs to it.`;
  await tell({ kind: 'told', message: message('warning', words) }, spoken, needs);
}

function workspaceOf(team: string | undefined, needs: ListenerNeeds): Workspace {
  const self = needs.self();
  if (self.team !== undefined) return self;
  return team === undefined ? {} : { team };
}

/** All that a message shows: its text, its attachments', its files' previews. */
function bodyOfMessage(shown: Field): string {
  const parts = [
    textAt(shown, 'text'),
    ...['attachments', 'files'].flatMap((name) =>
      listAt(shown, name).flatMap((each) => [
        textAt(each, 'text'),
        textAt(each, 'fallback'),
        textAt(each, 'preview'),
        textAt(each, 'plain_text'),
      ]),
    ),
  ];
  return wordsOf(parts.filter((part) => part !== undefined).join('\n'), '-');
}

function sayOldButton(): Message {
  const words = 'I can’t read that button; it is of another version. Say the words instead: help lists them.';
  return message('unknown', words, notice('unknown', words));
}
