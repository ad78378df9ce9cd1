/** What people type when it burns, through the gateway: the right command, one question, or words; never a guess at a deed. */
import { expect, it } from 'vitest';
import { makeGateway } from '../../jobs/gateway.ts';
import { registry } from '../../src/commands/registry.ts';
import { findSpec, parseLine } from '../../src/commands/parse.ts';
import { foreign, plain } from '../../src/domain/foreign.ts';
import type { CommandRequest } from '../../jobs/answer.ts';

type Heard = { readonly line: string } | { readonly words: string; readonly offers: readonly string[] };

async function hear(text: string): Promise<Heard> {
  let taken: CommandRequest | undefined;
  const gateway = makeGateway({
    queue: {
      submit: async (request) => void (taken = request),
    } as Parameters<typeof makeGateway>[0]['queue'],
    people: { roleOf: () => 'admin', personOf: () => 'anna' },
    registry,
    send: async () => '',
    names: { servers: ['mx1', 'mx2'] },
  });
  const result = await gateway.hear({
    id: 'event',
    at: 0,
    conversation: { surface: 'slack', id: 'C0OPS' },
    actor: { surface: 'slack', id: 'T0/U0', shown: foreign('anna') },
    said: { kind: 'words', text },
  });
  if (taken) return { line: [taken.command.name, ...taken.command.words].join(' ') };
  if (result.kind !== 'refused') throw new Error('neither taken nor refused');
  const offers = result.message.blocks.flatMap((block) => ('buttons' in block ? block.buttons : []));
  return { words: plain(result.message.summary), offers: offers.map((each) => each.command) };
}

it.each([
  ['are we on a blacklist', 'check'],
  ['is 9.9.9.9 listed?', 'check 9.9.9.9'],
  ['can you please look whether 9.9.9.9 is on spamhaus?', 'check 9.9.9.9'],
  ['check example.com please', 'check example.com'],
  ['remove us from spamhaus', 'check'],
  ['why is our mail bouncing', 'triage'],
  ['everything bounces!!', 'triage'],
  ['mail doesn’t go out', 'triage'],
  ['gmail rejects us', 'triage'],
  ['customers say our mail ends up in spam', 'triage'],
  ['which account is sending the spam', 'triage'],
  ["somebody's password was stolen", 'triage'],
  ['are we an open relay', 'triage'],
  ['triage please', 'triage'],
  ['tq status', 'status'],
  ['/tq queue mx1', 'queue mx1'],
  ['bin/tq check 9.9.9.9 please', 'check 9.9.9.9'],
  ['queue?', 'queue'],
  ['how full is the queue on mx2', 'queue mx2'],
  ['who is trying port 25', 'hunt'],
  ['which laptop is it', 'hunt'],
  ['help!!!', 'help'],
  ['status?', 'status'],
  ['what do I do now', 'next'],
  ['what next?', 'next'],
  ['where are we', 'next'],
  ['has it stopped?', 'leak'],
  ['what is in force', 'ledger'],
  ['did we freeze mx1?', 'ledger'],
  ['what did we change', 'ledger'],
  ['show the ledger', 'ledger'],
  ['any open incidents', 'incidents'],
  ['open incidents?', 'incidents'],
  ['who has it', 'incidents'],
  ['who is on call', 'handover'],
  ['what changed since yesterday', 'handover'],
  ['show me the report', 'report'],
  ['open an incident', 'open'],
  ['close it', 'close'],
  ['ack please', 'ack'],
  ['approve measure 3 please', 'approve measure 3'],
  ['note call them please', 'note call them please'],
  ['pls check 9.9.9.9 thx', 'check 9.9.9.9'],
  ['status 🙏🏽', 'status'],
  [':wave: status :pray:', 'status'],
  ['approve 3 👍', 'approve 3'],
  ['note 👍 from the ISP :tada:', 'note 👍 from the ISP :tada:'],
  ['check 9.9.9.9, 9.9.9.10; example.com', 'check 9.9.9.9, 9.9.9.10; example.com'],
  ['hilfe', 'help'],
  ['note: the ISP called', 'note the ISP called'],
  ['ack, on my way', 'ack on my way'],
  ['ack 👍', 'ack'],
  ['help me!', 'help me'],
  ['report incident 1', 'report incident 1'],
  ['Note, for later: call again', 'note for later: call again'],
  ['Hallo!', 'help'],
  ['sind wir auf einer Blacklist?', 'check'],
  ['sommes-nous blacklistés ?', 'check'],
  ['open „Post geht nicht raus“', 'open Post geht nicht raus'],
])('%j is %j', async (text, line) => {
  expect(await hear(text)).toEqual({ line });
});

it.each([
  ['mails are not going out since this morning', 'Of which server?', ['queue mx1', 'queue mx2']],
  [
    'who is sending all this spam',
    'Through a mail server, or past it?',
    ['queue mx1 top senders', 'queue mx2 top senders', 'hunt', 'triage'],
  ],
  ['550 5.7.1 blocked using zen.spamhaus.org', 'That reads like a refusal', ['triage', 'check']],
  ['is our server exposed', 'Look at whose doors?', ['audit mx1', 'audit mx2']],
  ["I'm on it", 'Do you take the incident?', ['ack']],
  ['got it', 'Do you take the incident?', ['ack']],
  ['remember that the ISP called at 7', 'Shall that stand', ['note "the ISP called at 7"']],
  ['start a drill', 'Practise a bad morning?', ['drill list', 'drill start']],
])('%j is answered with one question', async (text, words, offers) => {
  expect(await hear(text)).toEqual({ words: expect.stringContaining(words), offers });
});

it.each([
  ['please freeze mx1', 'freeze'],
  ['stop the spam', 'freeze'],
  ['pull the plug', 'unplug'],
  ['unfreeze', 'undo'],
  ['let the mail go again', 'undo'],
  ['turn mail back on', 'undo'],
  ["block anna's account", 'disable-account'],
  ['block the spammer', 'quarantine'],
  ['delete the spam', 'clean-queue'],
  ['do it now!', 'approve'],
  ['do it', 'approve'],
  ['yes', 'approve'],
  ['call ben', 'escalate'],
  ['wake somebody up', 'escalate'],
  ['hand over to ben', 'assign'],
  ['we’re done', 'close'],
])('%j changes something, so only %s is explained', async (text, command) => {
  const heard = await hear(text);
  expect(heard).toEqual({ words: expect.stringContaining('I don’t guess'), offers: [`help ${command}`] });
});

it.each([
  ['undo everything', 'say undo all'],
  ['approve it', '"it" is not the number'],
  ['keep the freeze', '"the" is not the number'],
  ['undo the freeze please', '"the" is not the number'],
  ['close all incidents', 'no reason to close'],
  ['close port 25', 'no reason to close'],
  ['do nothing', 'names no step'],
  ['ok', 'there is no command "ok"'],
  ['I', 'there is no command "I"'],
  ['what', 'there is no command "what"'],
  ['chekc 9.9.9.9', 'did you mean check?'],
])('%j is refused with words, and nothing is guessed', async (text, words) => {
  const heard = await hear(text);
  if (!('words' in heard)) throw new Error(`taken as ${heard.line}`);
  expect(heard.words).toContain(words);
  expect(heard.offers.filter((line) => findSpec(line.split(' ')[0] ?? '', registry)?.shellOnly)).toEqual([]);
  expect(heard.offers).not.toContain('?');
});

it('offers the commands of a message one by one, and reads none as the words of another', async () => {
  expect(await hear('check 9.9.9.9\n\n freeze mx1 ')).toEqual({
    words: 'I take one command in a message. Press them one by one.',
    offers: ['check 9.9.9.9', 'freeze mx1'],
  });
  expect(await hear('note it began at six\nand mx1 was full')).toEqual({
    line: 'note it began at six and mx1 was full',
  });
});

it('does not check something else where what was to be checked is an address of the web', async () => {
  expect(await hear('check https://check.spamhaus.org/results?query=9.9.9.9')).toMatchObject({
    words: expect.stringContaining('is a URL'),
  });
});

it('reads a lease as people write minutes, and no other unit', () => {
  const lease = (text: string): string => {
    const read = parseLine(`unplug gw --lease ${text}`, registry);
    return read.kind === 'command' ? 'read' : read.why;
  };
  for (const text of ['30', '30m', '30min', '"30 minutes"']) expect(lease(text)).toBe('read');
  for (const text of ['30s', '2h', 'm', '0m', '121m']) expect(lease(text)).toContain('out of bounds');
});

it('takes names as phones write them, with a capital or two', () => {
  const read = (text: string): unknown => {
    const command = parseLine(text, registry);
    return command.kind === 'command' ? command.args : command.why;
  };
  for (const [phone, meant] of [
    ['Freeze Mx1', 'freeze mx1'],
    ['Block GW', 'block gw'],
    ['Hunt GW', 'hunt gw'],
    ['Triage HQ', 'triage hq'],
    ['Leak HQ', 'leak hq'],
    ['Queue MX1 Top Senders', 'queue mx1 top senders'],
    ['Do Hunt', 'do hunt'],
    ['Done Wipe', 'done wipe'],
    ['Drill Start Infected-Workstation', 'drill start infected-workstation'],
    ['Schedule Run Morning HQ', 'schedule run morning hq'],
  ] as const)
    expect(JSON.stringify(read(phone)), phone).toBe(JSON.stringify(read(meant)));
  expect(read('queue mx1 show 1tABCd-000001-AB')).toMatchObject({ show: '1tABCd-000001-AB' });
});

it('hears an acknowledgement with words beside it, and takes no other number for one', () => {
  const read = (text: string): unknown => {
    const command = parseLine(text, registry);
    return command.kind === 'command' ? command.args : command.why;
  };
  expect(read('ack - on it')).toEqual({ text: 'on it' });
  expect(read('ack 1, on my way')).toEqual({ incident: 1, text: 'on my way' });
  expect(read('ack incident 2')).toEqual({ incident: 2 });
  expect(read('report incident 2')).toEqual({ incident: 2 });
  for (const text of ['ack 0', 'ack #0', 'ack 12345678901']) expect(read(text)).toContain('is not the number');
});
