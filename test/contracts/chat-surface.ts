/**
 * What every chat must do, whatever the platform: Slack, Teams, the terminal, the web.
 *
 * A stage is the real adapter on a simulated platform, with a gateway that writes down what it is given. What a platform
 * does not have (a terminal redelivers nothing) is left out of its stage, and its rows are not run.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { foreign, say } from '../../src/domain/foreign.ts';
import { actions, message, notice, text } from '../../src/messages/message.ts';
import type { Message } from '../../src/messages/message.ts';
import type { Conversation, Heard, HearResult, Surface, Utterance } from '../../src/ports/conversation.ts';
import { until } from '../lab/process.ts';
import { everyKind, worstCase } from '../support/every-kind.ts';

/** One message as the platform shows it now: an edit replaces its text. */
export interface Shown {
  /** The platform's own name of the place: the same for the same conversation or thread. */
  readonly where: string;
  /** All that was sent of it, as text (JSON of its cards or blocks included). */
  readonly raw: string;
}

export interface Delivered {
  /** The platform sends exactly this once more, as after an acknowledgement that it has not seen. */
  again(): Promise<void>;
}

export interface ChatStage {
  readonly surface: Surface;
  /** What was handed to the gateway, in order. */
  readonly heard: readonly Heard[];
  /** What the gateway answers from now on. */
  answerWith(result: HearResult): void;
  /** Everything that people see, private answers to one person included, in the order of posting. */
  shown(): readonly Shown[];
  /** A conversation as the surface makes it, for what is said without being asked. */
  conversation(): Conversation;
  /** A person says this to the bot; resolves once the platform has its acknowledgement. */
  say?(words: string): Promise<Delivered>;
  /** Presses the button with this label on the last message that has one. */
  press?(label: string): Promise<Delivered>;
  /** The platform hands the bot's own words back to it. */
  echo?(words: string): Promise<void>;
  close(): Promise<void>;
}

export interface ChatTraits {
  /** It hears people: `say`, `press`, `echo` are there. */
  readonly hears: boolean;
  /** What would be markup of this platform if it came from outside: none may match in what is sent. */
  readonly markup: readonly RegExp[];
}

const TAKEN: HearResult = { kind: 'taken' };
const REFUSED: HearResult = {
  kind: 'refused',
  message: message('warning', 'That was refused, and here is why.', text('Ask anna.')),
};

const HOSTILE = [
  '<!channel> <!here> <@U012AB3CD> <#C1|general> <https://evil.test|click>',
  '</at><at>everyone</at> [click](https://evil.test) ![x](https://evil.test/x.png)',
  '*bold* _italics_ ~struck~ `code` ```block``` > quote',
  'a\u202Eb\u200Bc\u0007d\u001B[31me\nf\u0000g\u2066h\u061C',
  '&lt;!channel&gt; &amp;lt;!here&amp;gt;',
  '"},{"type":"divider"}\' <script>alert(1)</script>',
];

export function keepsTheChatContract(open: () => Promise<ChatStage>, traits: ChatTraits): void {
  let stage: ChatStage;
  let count = 0;
  beforeAll(async () => {
    stage = await open();
  });
  beforeEach(() => stage.answerWith(TAKEN));
  afterAll(() => stage.close());

  const sayThere = (
    conversation: Conversation,
    said: Message,
    key: string,
    more: Partial<Utterance> = {},
    previous?: string,
  ): Promise<string> => stage.surface.deliver({ conversation, key, message: said, ...more }, previous);
  const showing = (words: string): readonly Shown[] => stage.shown().filter((each) => each.raw.includes(words));
  const fresh = (): string => `word${(count += 1)}${Math.round(performance.now())}`;

  it('edits in place what is said again under the same key', async () => {
    const first = fresh();
    const second = fresh();
    const conversation = stage.conversation();
    const id = await sayThere(conversation, message('neutral', first), 'k');
    expect(showing(first)).toHaveLength(1);
    await sayThere(conversation, message('good', second), 'k', {}, id);
    expect(showing(second)).toHaveLength(1);
  });

  it('shows every kind of block', async () => {
    const name = fresh();
    await sayThere(stage.conversation(), everyKind(foreign(name)), fresh());
    const [shown] = showing(name);
    for (const words of [
      'Freeze outbound mail',
      '3900',
      'block-port-25',
      'One approver other than the proposer',
      'firewall counters',
      'postfix reload',
    ])
      expect(shown?.raw, words).toContain(words);
  });

  it('says the worst case too, cut visibly where the platform has a limit', async () => {
    const before = stage.shown().length;
    await sayThere(stage.conversation(), worstCase(), fresh());
    expect(
      stage
        .shown()
        .slice(Math.min(before, stage.shown().length - 1))
        .map((each) => each.raw)
        .join(''),
    ).toMatch(/… \d[\d,]* more/);
  });

  it.each(HOSTILE)('keeps hostile text text: %j', async (hostile) => {
    const name = fresh();
    await sayThere(stage.conversation(), everyKind(foreign(`${name} ${hostile}`)), fresh());
    const [shown] = showing(name);
    expect(shown).toBeDefined();
    for (const markup of traits.markup) expect(shown?.raw).not.toMatch(markup);
    expect(shown?.raw.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]|\\u00[01][0-9a-f]/iu);
  });

  if (!traits.hears) return;

  it('hands on who speaks, where and what', async () => {
    await stage.say?.('status');
    const heard = stage.heard.at(-1);
    expect(heard).toMatchObject({
      said: { kind: 'words', text: 'status' },
      conversation: { surface: stage.surface.name },
    });
    expect(heard?.actor.surface).toBe(stage.surface.name);
    expect(heard?.id).not.toBe('');
  });

  it('answers where it was asked, though the reference has been through JSON', async () => {
    await stage.say?.('status');
    const heard = stage.heard.at(-1);
    if (!heard) throw new Error('nothing was heard');
    const back: Conversation = JSON.parse(JSON.stringify(heard.conversation));
    const answer = fresh();
    const note = fresh();
    await sayThere(back, message('good', answer), heard.id);
    await sayThere(back, message('good', note), fresh());
    const places = [...showing(answer), ...showing(note)].map((each) => each.where);
    expect(places).toHaveLength(2);
    expect(new Set(places).size).toBe(1);
    await stage.say?.('status');
    expect(stage.heard.at(-1)?.conversation.surface).toBe(stage.surface.name);
  });

  it('hears a redelivery as the same event, or not at all', async () => {
    const delivered = await stage.say?.('status');
    const id = stage.heard.at(-1)?.id;
    const before = stage.heard.length;
    await delivered?.again();
    expect(stage.heard.slice(before).every((each) => each.id === id)).toBe(true);
    const other = await stage.say?.('status');
    expect(other).toBeDefined();
    expect(stage.heard.at(-1)?.id).not.toBe(id);
  });

  it('tells the person what was refused, once though it is redelivered', async () => {
    stage.answerWith(REFUSED);
    const before = showing('refused, and here is why').length;
    const delivered = await stage.say?.('frobnicate');
    expect(showing('refused, and here is why')).toHaveLength(before + 1);
    await delivered?.again();
    expect(showing('refused, and here is why')).toHaveLength(before + 1);
  });

  it('hands on a press as its command, with its nonce and the message it belongs to', async () => {
    const key = fresh();
    const label = `Approve ${key}`;
    const offer = actions({ label, command: 'approve A7', style: 'primary', nonce: 'n7' });
    await sayThere(stage.conversation(), message('neutral', 'An offer', offer), key);
    await stage.press?.(label);
    expect(stage.heard.at(-1)?.said).toEqual({ kind: 'pressed', command: 'approve A7', nonce: 'n7', messageKey: key });
  });

  it('leaves no press unanswered: what is refused is said to who pressed', async () => {
    const key = fresh();
    const label = `Press ${key}`;
    await sayThere(
      stage.conversation(),
      message('neutral', 'An offer', actions({ label, command: 'approve A8', style: 'primary', nonce: 'n8' })),
      key,
    );
    const why = fresh();
    stage.answerWith({
      kind: 'refused',
      message: message('warning', say`ben has decided it (${why})`, notice('warning', why)),
    });
    await stage.press?.(label);
    await until(() => showing(why).length > 0, 5000, 'the answer to the press');
    expect(showing(why)).toHaveLength(1);
  });

  it('hears a press that is redelivered under the same id', async () => {
    const key = fresh();
    const label = `Twice ${key}`;
    await sayThere(
      stage.conversation(),
      message('neutral', 'An offer', actions({ label, command: 'approve A9', style: 'plain' })),
      key,
    );
    const delivered = await stage.press?.(label);
    const id = stage.heard.at(-1)?.id;
    const before = stage.heard.length;
    await delivered?.again();
    expect(stage.heard.slice(before).every((each) => each.id === id)).toBe(true);
  });

  it('never hears itself', async () => {
    const before = stage.heard.length;
    await stage.echo?.('status');
    expect(stage.heard).toHaveLength(before);
  });
}
