/** `triage` from files alone, held to the contract (tourniquet.triage/1): each file missing, contradictory or broken. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../adapters/clock/system.ts';
import { localFiles } from '../../../adapters/files/local.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { runTriage } from '../../../jobs/triage/triage.ts';
import { CAUSES } from '../../../src/domain/causes.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { World } from '../../../src/ports/world.ts';

const SHAPE = z.object({
  schema: z.literal('tourniquet.triage/1'),
  verdict: z.enum(CAUSES),
  confidence: z.number().min(0).max(1),
  causes: z.array(
    z.object({
      cause: z.enum(CAUSES),
      confidence: z.number().min(0).max(1),
      for: z.array(z.string().min(1)),
      against: z.array(z.string().min(1)),
    }),
  ),
  missing: z.array(z.string().min(1)),
  next: z.object({ step: z.string().min(1), why: z.string().min(10) }),
  notes: z.array(z.string()).optional(),
});

const folder = mkdtempSync(join(tmpdir(), 'tq-triage-files-'));
let number = 0;
beforeEach(() => {
  number = 0;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<
  Partial<Record<'listings' | 'queue' | 'dump' | 'evidence' | 'site' | 'dropped', string | object>>
>;

/** No place is configured, and nothing but files is looked at: whoever asks another port fails. */
const world = {
  clock: systemClock,
  files: localFiles,
  sites: { names: [], servers: [], find: () => undefined },
} as unknown as World;

async function run(files: Files): Promise<Answer> {
  const paths = Object.fromEntries(
    Object.entries(files).map(([name, content]) => {
      const path = join(folder, `${name}-${(number += 1)}`);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return [name, path];
    }),
  );
  return runOn(paths);
}

function runOn(paths: Readonly<Record<string, string>>, around = world): Promise<Answer> {
  const options = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, [path]]));
  return runTriage(
    {
      id: 'x',
      command: { name: 'triage', words: [], options },
      actor: { surface: 'shell', id: 'x', shown: { foreign: 'x' } },
      conversation: { surface: 'shell', id: 'x' },
      at: 1,
      files: paths,
    },
    around,
    () => {},
  );
}

/** By paths, of files that lie there. */
async function told(paths: Readonly<Record<string, string>>) {
  return SHAPE.parse((await runOn(paths)).data);
}

async function triage(files: Files) {
  const answer = await run(files);
  return { ...SHAPE.parse(answer.data), status: answer.status, said: answer.message };
}

const check = (state: string, more: object = {}): object => ({
  schema: 'tourniquet.check/1',
  subjects: [
    {
      subject: '203.0.113.7',
      state,
      coverage: { asked: 2, answered: 2, unknown: 0 },
      lists:
        state === 'listed' ? [{ zone: 'zen.example', state: 'listed', nature: 'abuse', codes: ['127.0.0.4'] }] : [],
      ...more,
    },
  ],
  elapsedMs: 3,
});
const queue = (more: object = {}): object => ({ schema: 'tourniquet.queue/1', messages: 3, ...more });
const evidence = (more: object = {}): object => ({ schema: 'tourniquet.evidence/1', ...more });
const SITE = 'sites: [{name: hq, sharedAddress: true}]\n';
const ALL: Files = { listings: check('listed'), queue: queue(), evidence: evidence({ resolver: 'ok' }), site: SITE };
const bounces = Array.from({ length: 600 }, (_, index) =>
  JSON.stringify({
    queue_name: 'deferred',
    queue_id: `A843F21E${index + 100}`,
    arrival_time: 1_795_490_579,
    message_size: 1,
    sender: 'MAILER-DAEMON',
    recipients: [{ address: `x@d${index}.example` }],
  }),
).join('\n');

describe('triage from files', () => {
  it('gives the verdict with all of them', async () => {
    expect(await triage(ALL)).toMatchObject({
      verdict: 'compromised-workstation',
      status: 'critical',
      next: { step: 'freeze-outbound' },
    });
  });

  it.each([
    ['listings', 'undetermined', /blocklists were not asked/],
    ['queue', 'undetermined', /queues were not looked at/],
    ['site', 'compromised-workstation', /whether workstations share/],
    ['evidence', 'compromised-workstation', /who tries port 25/],
  ] as const)('without %s names that look as missing, and takes it for no "no"', async (left, verdict, missing) => {
    const { [left]: _left, ...files } = ALL;
    const found = await triage(files);
    expect(found.verdict).toBe(verdict);
    expect(found.missing.join('\n')).toMatch(missing);
  });

  it('with none of them is undetermined, and says where to begin', async () => {
    expect(await triage({})).toMatchObject({ verdict: 'undetermined', status: 'unknown', causes: [] });
  });

  it.each([
    ['an evidence without a field', { evidence: evidence() }],
    ['a check without subjects', { listings: check('clear', {}), queue: undefined }],
    ['a check about nothing', { listings: { schema: 'tourniquet.check/1', subjects: [] }, queue: queue() }],
    ['a check whose lists were all silent', { listings: check('unknown'), queue: queue() }],
  ])('never calls it healthy by %s', async (_what, files) => {
    const given = Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
    expect(await triage(given)).toMatchObject({ verdict: 'undetermined', status: 'unknown' });
  });

  it.each([
    ['healthy', 'ok', { listings: check('clear'), queue: queue() }],
    [
      'policy-listing',
      'warning',
      {
        listings: check('clear', { lists: [{ zone: 'pbl.example', state: 'listed', nature: 'policy' }] }),
        queue: queue(),
      },
    ],
    [
      'smart-host-refusal',
      'warning',
      {
        listings: check('clear'),
        queue: queue(),
        evidence: evidence({ smartHost: { configured: true, answer: '550 5.7.1 sending blocked' } }),
      },
    ],
    [
      'configuration-error',
      'warning',
      {
        listings: check('clear'),
        queue: queue({
          messages: 800,
          topReasons: [{ reason: 'Name service error: Host not found', recipients: 800 }],
        }),
      },
    ],
    ['ndr-attack', 'critical', { listings: check('clear'), dump: bounces }],
  ] as const)('%s ends with the status %s', async (verdict, status, files) => {
    expect(await triage(files)).toMatchObject({ verdict, status });
  });
});

describe('a file that was dropped, whatever it is', () => {
  it.each([
    ['listings', check('clear')],
    ['queue', { schema: 'tourniquet.queue/1', messages: 3 }],
    ['evidence', { schema: 'tourniquet.evidence/1', logins: [], bouncesPerMinute: 0 }],
    ['site', 'sites:\n  - {name: hq, sharedAddress: true}\n'],
    ['dump', bounces],
  ] as const)('counts as %s', async (option, content) => {
    const pretty = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
    const { said: _, ...dropped } = await triage({ dropped: pretty });
    const { said: __, ...named } = await triage({ [option]: pretty });
    expect(dropped).toEqual(named);
  });
});

describe('files that contradict each other', () => {
  it.each([
    ['site and evidence on the address', { site: SITE, evidence: evidence({ site: { sharedAddress: false } }) }],
    [
      'site and evidence on the smart host',
      { site: 'sites: [{name: hq, smartHost: true}]', evidence: evidence({ smartHost: { configured: false } }) },
    ],
    [
      'the evidence with itself',
      { evidence: evidence({ site: { smartHost: false }, smartHost: { configured: true } }) },
    ],
  ])('%s: it is said', async (_what, files) => {
    const found = await triage({ listings: check('listed'), queue: queue(), ...files });
    expect(found.notes?.join('\n')).toMatch(/contradict each other on whether/);
    expect(found.said.blocks.some((block) => block.kind === 'notice' && /contradict/.test(plain(block.text)))).toBe(
      true,
    );
  });

  it('evidence at odds is undetermined, with both causes shown and what would settle it', async () => {
    const guessed = { account: 'anna', messages: 300, recipientDomains: 90, usualPerHour: 3, failuresBefore: 220 };
    const found = await triage({
      listings: check('clear'),
      queue: queue({ messages: 300, topReasons: [{ reason: 'connection timed out', recipients: 300 }] }),
      evidence: evidence({ logins: [{ ...guessed, addresses: ['10.0.0.5'] }] }),
    });
    expect(found).toMatchObject({ verdict: 'undetermined', status: 'unknown' });
    expect(found.causes.filter((cause) => cause.confidence >= 0.5)).toHaveLength(2);
    expect(found.missing.join('\n')).toMatch(/exclude each other/);
  });

  it('a server and a machine that both try port 25 while it is frozen are no contradiction', async () => {
    const sources = [
      { address: '10.0.0.13', attempts: 90, destinations: 40, mailServer: true },
      { address: '10.0.0.23', attempts: 90, destinations: 40 },
    ];
    const found = await triage({
      ...ALL,
      evidence: evidence({ blockedAttempts: { watchedSeconds: 600, outboundFrozen: true, sources } }),
    });
    expect(found).toMatchObject({ verdict: 'compromised-server', next: { step: 'pull-the-plug' } });
    expect(found.next.why).toContain('both the mail server and 10.0.0.23 send by themselves');
  });
});

it('reads each file once, as standard input lets itself be read', async () => {
  const path = join(folder, 'once');
  writeFileSync(path, JSON.stringify(evidence({ resolver: 'failing', resolvr: 'ok' })));
  const read: string[] = [];
  const once = { ...localFiles, text: (name: string, most: number) => (read.push(name), localFiles.text(name, most)) };
  const { verdict, notes } = SHAPE.parse((await runOn({ evidence: path }, { ...world, files: once })).data);
  expect(verdict).toBe('configuration-error');
  expect(notes).toEqual([expect.stringContaining('did you mean resolver?')]);
  expect(read).toEqual([path]);
});

describe('files that say how things stood some time ago', () => {
  it('are named with their age, and an empty listing as one that proves little', async () => {
    const seven = new Date(Date.now() - 7 * 3_600_000);
    const old = join(folder, 'old-check');
    writeFileSync(old, JSON.stringify(check('clear')));
    utimesSync(old, seven, seven);
    const dump = join(folder, 'nothing');
    writeFileSync(dump, '');
    const notes = (await told({ listings: old, dump })).notes ?? [];
    expect(notes).toEqual([
      expect.stringContaining('There is nothing in the listing'),
      'The check was saved 7 h ago; by now it may be otherwise.',
    ]);
  });
});

describe('a broken file', () => {
  it.each<[what: string, files: Files, why: RegExp]>([
    ['half a check', { listings: '{"schema": "tourniquet.check/1", "subj' }, /listings-1 can't be used: it is no JSON/],
    ['an empty file', { queue: '' }, /it is no JSON/],
    ['a list for an object', { evidence: '[]' }, /can't be used: it: /],
    ['a queue for a check', { listings: queue() }, /schema: write tourniquet\.check\/1; this one is for --queue/],
    [
      'another schema number',
      { evidence: { schema: 'tourniquet.evidence/2' } },
      /schema: write tourniquet\.evidence\/1/,
    ],
    ['a text for a number', { queue: queue({ messages: '3' }) }, /messages: write a number/],
    ['a number below zero', { queue: queue({ messages: -3 }) }, /messages: /],
    [
      'more bounces than messages',
      { queue: queue({ nullSender: { messages: 9, recipientDomains: 1 } }) },
      /nullSender\.messages: it is more than messages/,
    ],
    ['a word that is none of the permitted', { evidence: evidence({ resolver: 'maybe' }) }, /resolver: /],
    ['a disk of 140 %', { evidence: evidence({ diskFreePercent: 140 }) }, /diskFreePercent: /],
    ['two sites', { site: 'sites: [{name: a}, {name: b}]' }, /has 2 sites/],
    ['no site', { site: 'sites: []' }, /has 0 sites/],
    ['YAML that breaks off', { site: 'sites: [{name: a' }, /site-1.* has a fault/],
    ['a misspelt key', { site: 'sites: [{name: a, sharedAdress: true}]' }, /sharedAdress/],
  ])('with %s is refused by its name, in one line, and nothing is concluded', async (_what, files, why) => {
    const answer = await run({ ...files });
    expect(answer).toMatchObject({ status: 'refused' });
    expect(answer.data).toBeUndefined();
    expect(plain(answer.message.summary)).toMatch(why);
    expect(plain(answer.message.summary)).not.toMatch(/\n|U\+000A/);
  });

  it('a slip of the pen in the evidence is named with the nearest, and no look is made of it', async () => {
    const { notes, verdict } = await triage({ evidence: { openRelaytest: 'accepted', shoeSize: 43 } });
    expect(notes?.join('\n')).toContain('"openRelaytest", which nothing here reads; did you mean openRelayTest?');
    expect(notes?.join('\n')).toMatch(/"shoeSize", which nothing here reads$/);
    expect(verdict).toBe('undetermined');
  });

  it('what tq itself has printed is no listing, and it says where it belongs', async () => {
    const answer = await run({ dump: { schema: 'tourniquet.queue/1', messages: 3 } });
    expect(answer.status).toBe('refused');
    expect(plain(answer.message.summary)).toContain('(tourniquet.queue/1), no listing of a mail server. Hand it to');
  });

  it('that is not there is refused by its name', async () => {
    const path = join(folder, 'nosuch');
    const answer = await runTriage(
      {
        id: 'x',
        command: { name: 'triage', words: [], options: { listings: [path] } },
        actor: { surface: 'shell', id: 'x', shown: { foreign: 'x' } },
        conversation: { surface: 'shell', id: 'x' },
        at: 1,
        files: { listings: path },
      },
      world,
      () => {},
    );
    expect(plain(answer.message.summary)).toContain(`${path} can't be read`);
  });

  it('a dump of which nothing can be read is a look that was not taken', async () => {
    const found = await triage({ listings: check('clear'), dump: 'postqueue: fatal: mail system is down\n' });
    expect(found).toMatchObject({ verdict: 'undetermined', status: 'unknown' });
    expect(found.missing.join('\n')).toContain('queues were not looked at');
    expect(found.notes?.join('\n')).toContain('line 1 of the listing was passed over');
  });

  it('a dump that is mostly unreadable is not called clear', async () => {
    const dump = `${bounces.split('\n')[0]}\n${'{"queue_name": "def\n'.repeat(400)}`;
    const found = await triage({ listings: check('clear'), dump });
    expect(found.verdict).toBe('undetermined');
    expect(found.missing.join('\n')).toContain('400 lines of the queue’s listing could not be read');
  });
});
