/** The verdict's message: in one sentence first, then the evidence, the next step with its reason, what wasn't looked at. */
import { describe, expect, it } from 'vitest';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import { diagnose } from '../../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../../src/domain/diagnosis/evidence.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { sayTriage } from '../../../src/messages/triage.ts';
import { readWorlds } from '../../scenarios/worlds.ts';

const say = (evidence: Evidence) => sayTriage(diagnose(evidence), ['log of mx1: no answer within 3 s']);
const clear = { subject: '203.0.113.7', state: 'clear', lists: [] } as const;
const listed = {
  subject: '203.0.113.7',
  state: 'listed',
  lists: [{ zone: 'zen.example', state: 'listed', nature: 'abuse' }],
} as const;

describe.each(readWorlds().map((world) => [world.name, world.evidence] as const))('of "%s"', (_name, evidence) => {
  const said = say(evidence);

  it('begins with one sentence without a technician’s words', () => {
    const sentence = plain(said.summary).replace(/ \(\d+ % sure\)$/, '');
    expect(sentence).toMatch(/^[A-Z].{20,160}\.$/);
    expect(sentence).not.toMatch(/SMTP|null sender|MTA|deferred|backscatter|compromised-|authenticated-/);
  });

  it('has evidence, then the next step, then what was not looked at', () => {
    const kinds = said.blocks.map((block) =>
      block.kind === 'evidence' ? block.title.replace(/[,(].*/, '').trim() : block.kind,
    );
    const next = kinds.indexOf('notice');
    expect(next).toBeGreaterThan(0);
    expect(kinds.indexOf('Not looked at')).toBeGreaterThan(next);
    expect(kinds.slice(1, next).length).toBeLessThanOrEqual(3);
    const step = said.blocks[next];
    expect(step?.kind === 'notice' ? plain(step.text) : '').toMatch(/^(?:Next: [a-z].{20,}|Nothing is to be done)\.$/);
  });

  it('fits a terminal of 60 columns', () => {
    const shown = renderText(said, { colour: false, width: 60, unfolded: true }).text;
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe('listed with clear queues', () => {
  const said = say({ listings: [listed], queue: { messages: 3 }, site: { sharedAddress: true } });

  it('says workstation or server, why the mail server is most likely innocent, and that freeze and block tell them apart', () => {
    expect(plain(said.summary)).toMatch(/workstation or the server itself.*mail server is most likely innocent/);
    const [first] = said.blocks;
    expect(first?.kind === 'text' ? plain(first.text) : '').toMatch(
      /does not go through the mail server\..*Freezing outbound mail and blocking port 25 tells the two apart/,
    );
    expect(said.blocks.flatMap((block) => (block.kind === 'notice' ? [plain(block.text)] : [])).join()).toMatch(
      /freeze outbound mail, then block port 25 on the firewall and wait/,
    );
  });
});

describe('a smart host with clear queues and clear lists', () => {
  const said = say({ listings: [clear], queue: { messages: 3 }, site: { smartHost: true } });

  it('says to ask the ISP, and what to ask', () => {
    expect(plain(said.summary)).toMatch(/ask the ISP/);
    expect(said.blocks.flatMap((block) => (block.kind === 'notice' ? [plain(block.text)] : [])).join()).toMatch(
      /ask the ISP whether it blocks or limits this site, since when and why, and for a sample with headers/,
    );
  });
});

it('a machine that sends through the server is named in the sentence, and the server is not called innocent', () => {
  const said = say({
    queue: { messages: 2600, topRecipientDomains: [] },
    listings: [listed],
    logins: [],
    insideClients: [{ address: '10.0.0.23', messages: 2600, recipientDomains: 1500, usualPerHour: 1 }],
  });
  expect(plain(said.summary)).toMatch(/^The machine 10\.0\.0\.23 in the network sends spam through the mail server/);
});

describe('listed with clear queues, outbound mail frozen and nobody trying', () => {
  it.each([{ sharedAddress: true }, {}])('is watched on, and not frozen again', (site) => {
    const evidence: Evidence = {
      listings: [listed],
      queue: { messages: 3 },
      site,
      blockedAttempts: { watchedSeconds: 600, outboundFrozen: true, sources: [] },
    };
    const { next } = diagnose(evidence);
    expect([next.step, plain(next.why)]).toEqual(['look', expect.stringContaining('keep the freeze and the block')]);
  });
});
