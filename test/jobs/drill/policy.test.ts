import { describe, expect, it } from 'vitest';
import { headlineOf, hintFrom, nextMove } from '../../../jobs/drill/policy.ts';
import type { Move, OnScreen } from '../../../jobs/drill/policy.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { actions, button, message, text } from '../../../src/messages/message.ts';
import type { Block, Message } from '../../../src/messages/message.ts';
import type { Utterance } from '../../../src/ports/conversation.ts';

const headline = (...blocks: readonly Block[]): Message =>
  message('warning', ['Incident 1 · office: x · you has it'], ...blocks);
const answer = (...blocks: readonly Block[]): Message => message('warning', 'answer', ...blocks);
const screen = (line: string, said: Message, open: Message | undefined = headline()): OnScreen => ({
  said: [{ line, answer: said }],
  headline: open,
});
const lineOf = (move: Move): string => (move.kind === 'say' || move.kind === 'later' ? move.line : move.kind);

describe('what the product recommends, pressed by a player', () => {
  it('begins with a look, and opens an incident where something is wrong', () => {
    expect(lineOf(nextMove({ said: [], headline: undefined }))).toBe('triage');
    const offered = answer(actions(button('Open', 'open office', 'primary')));
    expect(lineOf(nextMove({ said: [{ line: 'triage', answer: offered }], headline: undefined }))).toBe('open office');
    const healthy = message('good', 'nothing is wrong');
    expect(lineOf(nextMove({ said: [{ line: 'triage', answer: healthy }], headline: undefined }))).toBe('over');
  });

  it('takes the answer’s primary button before the headline’s, and never approves its own proposal', () => {
    const said = answer(actions(button('Plain', 'ledger'), button('Do', 'do freeze', 'primary')));
    expect(lineOf(nextMove(screen('next', said, headline(actions(button('Other', 'do block', 'primary'))))))).toBe(
      'do freeze',
    );
    const card = answer({
      kind: 'approval',
      id: 'measure-1',
      title: ['?'],
      commands: [],
      blastRadius: [],
      needs: '',
      expiresAt: 0,
      buttons: [button('Approve', 'approve 1', 'primary')],
    });
    expect(nextMove(screen('do freeze', card)).kind).toBe('wait');
  });

  it('says what is missing where it can be read from the screen, and skips it where it can not', () => {
    const needs = answer(
      text('Clean the queue needs sender, which is not known yet: the queue names it; or say do clean-queue sender=…'),
      actions(button('Propose', 'do clean-queue', 'primary'), button('Skip', 'skip "not needed" --step clean-queue')),
    );
    const table: Message = answer({
      kind: 'table',
      title: 'Senders',
      columns: [{ name: 'messages' }, { name: 'name' }],
      rows: [[['90'], ['offers@bad.example']]],
    });
    const seen = {
      said: [
        { line: 'queue', answer: table },
        { line: 'do clean-queue', answer: needs },
      ],
      headline: headline(),
    };
    expect(lineOf(nextMove(seen))).toBe('do clean-queue sender=offers@bad.example');
    expect(lineOf(nextMove(screen('do clean-queue', needs)))).toBe('skip "not needed" --step clean-queue');
  });

  it('looks again an hour after an incident was closed', () => {
    const closed = message('neutral', ['Incident 1 · office: x · closed']);
    expect(nextMove(screen('close 1', answer(), closed))).toEqual({ kind: 'later', line: 'triage', minutes: 75 });
    expect(nextMove(screen('triage', message('good', 'healthy'), closed)).kind).toBe('over');
  });

  it('works on the incident that is open, and names it where several are', () => {
    const said = (words: string): Utterance => ({
      conversation: { surface: 'terminal', id: 'drill' },
      key: words,
      message: message('warning', [words]),
    });
    const open = said('Incident 1 · office: x · you has it');
    const closed = said('Incident 2 · office: x · closed');
    expect(headlineOf([open, closed])).toBe(open.message);
    expect(headlineOf([closed, said('Incident 1 · office: x · closed')])?.summary).toEqual([
      'Incident 1 · office: x · closed',
    ]);
    const asked = message('unknown', 'Which incident? 2 are open.');
    expect(lineOf(nextMove(screen('next', asked)))).toBe('next --incident 1');
  });

  it('says again what could not be carried out, after a while, and tries once more where nothing leads on', () => {
    const away = message('unknown', 'do could not be carried out: The journal can not be reached. Look at Redis.');
    expect(nextMove(screen('do plug-in', away))).toEqual({ kind: 'later', line: 'do plug-in', minutes: 2 });
    const still = answer(actions(button('Propose', 'do block', 'primary')));
    const said = ['do block', 'next', 'do block', 'next', 'next'].map((line) => ({ line, answer: still }));
    expect(nextMove({ said, headline: headline() })).toEqual({ kind: 'later', line: 'do block', minutes: 5 });
  });

  it('waits for as long as the answer says, and then looks again', () => {
    const early = message(
      'unknown',
      'Nothing is seen, but that is too short. Look again in 14 min.',
      actions(button('Look again', 'do prove-stopped --incident 1', 'primary'), button('Skip', 'skip "x"')),
    );
    const move = { kind: 'later', line: 'do prove-stopped --incident 1', minutes: 14 };
    expect(nextMove(screen('do prove-stopped --incident 1', early))).toEqual(move);
    const repeated = Array.from({ length: 4 }, () => ({ line: 'do prove-stopped --incident 1', answer: early }));
    expect(nextMove({ said: repeated, headline: headline() })).toEqual(move);
  });
});

describe('a hint', () => {
  const room = { surface: 'terminal', id: 'drill' } as const;
  const hint = (said: readonly Message[], speed?: number): string => {
    const utterances: readonly Utterance[] = said.map((words, index) => ({
      conversation: room,
      key: `${index}`,
      message: words,
      final: true,
    }));
    const words = hintFrom(utterances, speed);
    return [words.summary, ...words.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))]
      .map(plain)
      .join(' – ');
  };
  const told = (command: string): Message =>
    message(
      'warning',
      ['Incident 1 · office: x · you has it · next: Freeze'],
      {
        kind: 'progress',
        title: 'playbook',
        steps: [{ name: 'Freeze', state: 'current', note: ['nothing more goes out'] }],
      },
      actions(button('Next', command, 'primary')),
    );

  it('says why, and never the headline once more', () => {
    expect(hint([message('good', 'You have it.'), told('do freeze --incident 1')])).toBe(
      'I would say: do freeze --incident 1 – nothing more goes out',
    );
    const closed = message('neutral', ['Incident 1 · office: x · closed']);
    const offers = message('warning', 'Mail is stuck.', actions(button('Open an incident', 'open', 'primary')));
    expect(hint([closed, message('good', 'Incident 1 is closed.')])).toContain('I would say: triage');
    expect(hint([closed, offers])).toContain('I would say: open');
    expect(hint([closed, message('good', 'Nothing is wrong.')])).toContain('say drill stop');
    expect(hint([told('ack 1')])).toContain('nobody else is called');
    const byHand = answer(text('It has worked when: it is so.'), actions(button('Done', 'done wipe', 'primary')));
    expect(hint([told('x'), byHand])).toBe('I would say: done wipe – It has worked when: it is so.');
  });

  it('says how long a wait is in one’s own time', () => {
    const early = message(
      'unknown',
      'Too short. Look again in 30 min.',
      actions(button('Look again', 'do off-lists', 'primary')),
    );
    expect(hint([told('x'), early], 20)).toContain('in 30 min of the drill’s time, 90 s of yours');
    expect(hint([told('x'), early], 1)).toContain('in 30 min of the drill’s time; until then');
  });
});
