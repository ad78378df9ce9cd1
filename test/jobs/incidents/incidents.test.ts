import { beforeEach, describe, expect, it } from 'vitest';
import { carryOut } from '../../../jobs/carry-out.ts';
import { viewIncident } from '../../../jobs/incidents/view.ts';
import { CAUSES } from '../../../src/domain/causes.ts';
import type { CauseId } from '../../../src/domain/causes.ts';
import { foreign, plain } from '../../../src/domain/foreign.ts';
import { isFinished, currentStep } from '../../../src/domain/playbook/state.ts';
import type { Facts } from '../../../src/domain/playbook/step.ts';
import type { Message } from '../../../src/messages/message.ts';
import type { World } from '../../../src/ports/world.ts';
import { giveVerdict, makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

const words = (message: Message): string => plain(message.summary);
const all = (message: Message): string => JSON.stringify(message);

describe('an incident in a chat', () => {
  let chat: IncidentChat;
  beforeEach(async () => {
    chat = makeIncidentChat();
    await chat.say('ana', 'open hq mail is refused everywhere');
  });

  const verdict = (cause: CauseId, facts: Facts = {}): Promise<void> => giveVerdict(chat, cause, facts);

  it('has one headline per conversation that follows it, edited in place', async () => {
    await chat.say('ana', 'note the ISP is asked');
    await chat.say('ben', 'incident 1', 'elsewhere');
    await chat.say('ben', 'ack', 'elsewhere');
    for (const place of ['room', 'elsewhere']) {
      const headlines = chat.shown(place).filter((each) => each.key === 'incident-1');
      expect(headlines, place).toHaveLength(1);
      expect(words(chat.headline(1, place))).toContain('ben has it');
    }
  });

  it('never shows more than two primary buttons', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'note x');
    const buttons = chat.headline().blocks.flatMap((block) => (block.kind === 'actions' ? block.buttons : []));
    expect(buttons.filter((each) => each.style === 'primary').map((each) => each.label)).toEqual([
      'I have it',
      'Freeze outbound mail',
    ]);
  });

  it('gives two people who press at once one effect and two answers', async () => {
    await verdict('compromised-workstation');
    const answers = await Promise.all([chat.say('ana', 'do'), chat.say('ben', 'do')]);
    expect((await chat.stage.world.ledger.numbers('all')).length).toBe(1);
    expect(answers.map(words).filter((each) => each.includes('Measure 1'))).toHaveLength(1);
    expect(answers.map(words).filter((each) => each.includes('has just taken it up'))).toHaveLength(1);
  });

  it('gives what a person does to one of two, and tells the other who has it since when, and what it is', async () => {
    await verdict('compromised-workstation');
    expect(words(await chat.say('ana', 'do wipe'))).toBe('Wipe the machine: it is yours.');
    const second = await chat.say('ben', 'do wipe');
    expect(words(second)).toMatch(/^Wipe the machine: ana has it, since 2027-01-15 \d\d:\d\d Europe\/Berlin\.$/);
    expect(all(second)).toContain('install it anew');
    expect(chat.labels(second)).toEqual(['Done', 'Skip']);
  });

  it('stays as it was closed, whatever is said in it afterwards but for notes', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'close 1');
    const { version } = await chat.stage.world.incidents.read(1);
    for (const line of ['do hunt offender=10.77.0.11', 'done', 'skip "not needed"', 'assign ben', 'ack'])
      expect(words(await chat.say('ben', `${line} --incident 1`)), line).toMatch(/closed/);
    expect((await chat.stage.world.incidents.read(1)).version).toBe(version);
  });

  it('keeps the whole of a long note', async () => {
    const end = 'and that was the end of it';
    await chat.say('ana', `note ${'what the ISP said, word by word; '.repeat(80)}${end}`);
    await chat.say('ana', 'report 1');
    expect(chat.shown().findLast((each) => each.file)?.file?.text).toContain(end);
  });

  it('is given to nobody whom the house does not know, which a slip of the pen would do', async () => {
    const { people } = chat.stage.world;
    Object.assign(people, { names: ['ana', 'ben'] });
    expect(words(await chat.say('ana', 'assign bne'))).toMatch(
      /nobody under people in tourniquet\.yaml is called "bne"; did you mean ben\?; whoever is here may say assign me/,
    );
    expect(words(await chat.say('ana', 'assign zoe'))).toContain('say one of ana, ben');
    expect(words(await chat.say('ana', 'assign Ben'))).toBe('Incident 1 is ben’s.');
    expect(words(await chat.say('cem', 'assign me'))).toBe('Incident 1 is cem’s.');
  });

  it('shows the card again to whoever presses while it waits for approval', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'do');
    expect(chat.labels(await chat.say('ben', 'do'))).toContain('Approve');
  });

  it('shows the card in every conversation that follows it, and edits it there too', async () => {
    await verdict('compromised-workstation');
    await chat.say('ben', 'incident 1', 'elsewhere');
    await chat.say('ana', 'do');
    await chat.press('ben', 'Approve', 'elsewhere');
    expect(all(chat.shown('room').find((each) => words(each.message).includes('Measure 1'))!.message)).toContain(
      'in force',
    );
    expect(words(chat.headline(1, 'room'))).toContain('Block port 25');
  });

  it('says in its headline what a measure has come to, as soon as it has', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'do');
    expect(all(chat.headline())).toContain('asks for approval');
    await chat.say('ben', 'approve 1', 'elsewhere');
    expect(chat.headline().blocks.filter((block) => block.kind === 'measure')).toMatchObject([{ number: 1 }]);
    await chat.say('ben', 'undo 1', 'elsewhere');
    expect(chat.headline().blocks.filter((block) => block.kind === 'measure')).toEqual([]);
  });

  it('stays open while something is in force that nobody chose to keep, and names it', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'do');
    expect(words(await chat.say('ana', 'close'))).toContain('asks for approval');
    await chat.say('ben', 'approve 1');
    const answer = await chat.say('ana', 'close 1 enough for today');
    expect(words(answer)).toContain('measure 1 (freeze outbound mail of mx1) is in force');
    expect(chat.labels(answer)).toEqual(['Undo 1', 'Keep 1']);
    await chat.press('ben', 'Keep 1');
    expect(words(await chat.say('ana', 'close'))).toContain('Incident 1 is closed');
    expect(words(await chat.say('ben', 'close 1'))).toContain('closed already by ana');
    expect(await chat.stage.world.incidents.numbers('open')).toEqual([]);
  });

  it('is one incident where its button is pressed twice, or its words come twice at once', async () => {
    const again = await chat.say('ben', 'open hq');
    expect(words(again)).toContain('Incident 1 is open for hq already');
    expect(chat.labels(again)).toEqual(['What is next']);
    const request = {
      id: 'said-once',
      command: { name: 'open', words: ['hq', 'another'], options: {} },
      actor: { surface: 'terminal', id: 'ana', shown: foreign('ana') },
      conversation: { surface: 'terminal', id: 'corridor' },
      at: chat.stage.now,
      files: {},
    } as const;
    const world = chat.stage.world as World;
    await Promise.all([1, 2, 3].map(() => carryOut(request, world)));
    await carryOut(request, world);
    expect(await chat.stage.world.incidents.numbers('open')).toHaveLength(2);
  });

  it('is acknowledged with what is said beside it, which is noted', async () => {
    expect(words(await chat.say('ben', 'ack on my way'))).toBe('You have incident 1; nobody else is called.');
    const seen = await viewIncident(chat.stage.world, 1);
    expect(seen?.events.map((event) => event.kind)).toEqual(expect.arrayContaining(['acknowledged', 'noted']));
    expect(JSON.stringify(seen?.events)).toContain('on my way');
  });

  it('is one incident where two people press its button at once, and both are told which', async () => {
    const before = (await chat.stage.world.incidents.numbers('all')).length;
    const told = await Promise.all([chat.say('ana', 'open hq', 'hall'), chat.say('ben', 'open hq', 'hall')]);
    expect(await chat.stage.world.incidents.numbers('all')).toHaveLength(before + 1);
    expect(told.map(words).filter((each) => /Incident 2 is open/.test(each))).toHaveLength(2);
    expect(told.map(words).filter((each) => /already/.test(each))).toHaveLength(1);
  });

  it('says in next who is waited for, and how one goes on alone', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'do');
    const next = await chat.say('ana', 'next');
    expect(words(next)).toMatch(/measure 1 \(freeze outbound mail of mx1\) waits for approval until 2027-/);
    expect(all(next)).toContain('Alone? break-glass ');
    await chat.say('ben', 'approve 1');
    expect(words(await chat.press('ana', 'Look again'))).toContain('next: Block port 25');
  });

  it('sends back to the hunt where a measure needs whom it names, and hunts again though it was called done', async () => {
    await verdict('compromised-workstation');
    for (const step of ['freeze-outbound', 'block-port-25', 'hunt']) await chat.say('ana', `done ${step}`);
    const needs = await chat.say('ana', 'do quarantine-host');
    expect(words(needs)).toContain('needs offender, which is not known yet');
    expect(chat.labels(needs)).toEqual(['Wait for the machine to show itself', 'Skip']);
    await chat.say('ana', 'do hunt');
    expect(words(await chat.say('ana', 'next'))).toContain('next: Wait for the machine to show itself');
  });

  it('asks for done, and never to take back what no measure stands for, where a measure was done by hand', async () => {
    await verdict('compromised-workstation');
    for (const step of ['freeze-outbound', 'block-port-25']) await chat.say('ana', `done ${step}`);
    await chat.say('ana', 'skip nobody to be found --step hunt');
    await chat.say('ana', 'skip nobody to be found --step quarantine-host');
    const next = await chat.say('ana', 'next');
    expect(words(next)).toContain('next: Unblock port 25');
    expect(chat.labels(next)).toEqual(['Done', 'Skip']);
    expect(all(chat.headline())).toContain('done unblock-port-25 --incident 1');
    expect(words(await chat.press('ana', 'Done'))).toContain('Unblock port 25: done by hand');
  });

  it('offers the look that shows what a step needs', async () => {
    await verdict('open-relay');
    const needs = await chat.say('ana', 'do clean-queue');
    expect(words(needs)).toContain('needs sender, which is not known yet');
    expect(chat.labels(needs)).toEqual(['Look: queue mx1', 'Skip']);
  });

  it('counts a measure that was ordered in its conversation', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'freeze mx1');
    await chat.say('ben', 'approve 1');
    expect(words(await chat.say('ana', 'next'))).toContain('Block port 25 for everyone');
  });

  it('refuses a measure for a closed incident', async () => {
    await chat.say('ana', 'close');
    expect(words(await chat.say('ana', 'freeze mx1 --incident 1'))).toContain('incident 1 is closed');
  });

  it('asks which one is meant where several are open, with buttons that say the same again', async () => {
    await chat.say('ben', 'open hq another', 'elsewhere');
    const asked = await chat.say('cyn', 'note "it is --the printer"', 'corridor');
    expect(words(asked)).toBe('Which incident? 2 are open.');
    expect(words(await chat.press('cyn', '2 hq', 'corridor'))).toBe('Noted in incident 2.');
    expect(words(await chat.say('ana', 'note here'))).toBe('Noted in incident 1.');
  });

  it('says so where none is meant', async () => {
    await chat.say('ana', 'close');
    expect(words(await chat.say('ana', 'ack'))).toBe('no incident is open; say open to begin one');
    expect(words(await chat.say('ana', 'ack 9'))).toContain('there is no incident 9');
  });

  it('takes a fact from a person, and refuses one that is none', async () => {
    await verdict('authenticated-relay');
    expect(words(await chat.say('ana', 'do disable-account account=-oQ'))).toContain('is not the name of an account');
    expect(await chat.stage.world.ledger.numbers('all')).toEqual([]);
    expect(words(await chat.say('ana', 'do disable-account account=administrator'))).toContain('Measure 1');
  });

  it('keeps what was done when the verdict changes', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'do');
    await chat.say('ben', 'approve 1');
    await verdict('compromised-server');
    const seen = await viewIncident(chat.stage.world, 1);
    expect(seen?.playbook.playbook.id).toBe('compromised-server');
    expect(all(await chat.say('ana', 'incident'))).toContain('measure 1');
  });

  /** Presses whatever is offered until nothing is left: the headline's button, approval, Done. */
  const walk = async (facts: Readonly<Record<string, Facts>>, cause: CauseId): Promise<readonly string[]> => {
    const taken: string[] = [];
    for (let turn = 0; turn < 60; turn += 1) {
      const seen = await viewIncident(chat.stage.world, 1);
      const current = seen && currentStep(seen.playbook);
      if (!current) return taken;
      taken.push(current.step.id);
      const answer = await chat.press('ana', current.step.title);
      if (chat.labels(answer).includes('Approve')) {
        await chat.press('ben', 'Approve');
        if (current.step.id === 'pull-the-plug') await chat.press('cyn', 'Approve');
      } else if (facts[current.step.id]) await verdict(cause, facts[current.step.id]);
      else if (chat.labels(answer).includes('Done')) await chat.press('ana', 'Done');
      const after = await viewIncident(chat.stage.world, 1);
      await chat.say('ana', 'next');
      const status = after?.playbook && currentStep(after.playbook)?.step.id === current.step.id ? 'stuck' : 'moved';
      expect(status, current.step.id).toBe('moved');
      if (current.status !== 'waiting') expect(isFinished(current.status)).toBe(false);
    }
    throw new Error(`no end after ${taken.join(', ')}`);
  };

  it('is walked through the hunt by pressing alone, and leaves nothing behind', async () => {
    await verdict('compromised-workstation', { queue: 'clear', listed: 'abuse' });
    await chat.press('ana', 'I have it');
    const taken = await walk({ hunt: { offender: '10.77.0.11' } }, 'compromised-workstation');
    expect(taken).toEqual([
      'freeze-outbound',
      'block-port-25',
      'hunt',
      'quarantine-host',
      'unblock-port-25',
      'unfreeze-outbound',
      'wipe',
      'let-back',
      'prove-stopped',
      'delist',
      'own-address',
    ]);
    expect(chat.stage.device.effects).toEqual([
      'engage tq1',
      'engage tq2',
      'engage tq3',
      'release tq2',
      'release tq1',
      'release tq3',
    ]);
    expect(words(await chat.press('ana', 'Close'))).toContain('closed');
    expect([...chat.stage.device.inForce]).toEqual([]);
  });

  it.each(CAUSES)('is walked to its end by pressing alone for %s', async (cause) => {
    await verdict(cause, { offender: '10.77.0.11', account: 'administrator', sender: 'spam@example.net' });
    await walk({}, cause);
    expect(words(await chat.say('ana', 'close'))).toMatch(/closed|keep/);
    const standing = [...chat.stage.device.inForce];
    const seen = await viewIncident(chat.stage.world, 1);
    // Cleaning a queue is not taken back by a step; it must be named, not forgotten.
    expect(standing.length === 0 || seen?.incident.state !== 'closed').toBe(true);
  });
});
