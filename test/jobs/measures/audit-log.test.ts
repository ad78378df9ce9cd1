import { describe, expect, it } from 'vitest';
import { runAuditLog } from '../../../jobs/measures/show.ts';
import { parseLine } from '../../../src/commands/parse.ts';
import { registry } from '../../../src/commands/registry.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { AuditLog, AuditVerdict } from '../../../src/ports/audit-log.ts';

const HEAD = '968752db9c1ec16b';
const WHOLE: AuditVerdict = { kind: 'whole', entries: 20, head: `${HEAD}${'0'.repeat(48)}` };
const BROKEN: AuditVerdict = { kind: 'broken', faults: ['line 3: the entry was changed or is not whole'] };

const asked: (string | undefined)[] = [];
const logOf = (verdict: AuditVerdict): AuditLog => ({
  write: async () => {},
  verify: async (noted) => {
    asked.push(noted);
    return noted === undefined || verdict.kind !== 'whole' ? verdict : { ...verdict, noted: 12 };
  },
});

async function verified(line: string, own: AuditVerdict, agents?: AuditVerdict) {
  const command = parseLine(line, registry);
  if (command.kind === 'misheard') return { status: 'misheard', words: `${command.why}; ${command.remedy}` };
  const conversation = { surface: 'shell', id: '1' } as const;
  const actor = { surface: 'shell', id: 'ana', shown: { foreign: 'ana' } } as const;
  const request = { id: 'e', command: command.spoken, actor, conversation, at: 0, files: {} };
  const world = { auditLog: logOf(own), ...(agents && { agentAuditLog: logOf(agents) }) };
  const { status, message } = await runAuditLog(request, world, () => {});
  const words = message.blocks.map((block) => ('text' in block ? plain(block.text) : ''));
  return { status, words: words.join('\n') };
}

describe('audit-log verify', () => {
  it('tells the head and what it is good for, and looks for one that was noted', async () => {
    const { status, words } = await verified('audit-log verify', WHOLE);
    expect(status).toBe('ok');
    expect(words).toContain(`Its head is ${HEAD}.`);
    expect(words).toContain(`audit-log verify ${HEAD} tells later whether the log still goes on from it`);
    expect((await verified(`audit-log verify ${HEAD.toUpperCase()}`, WHOLE)).words).toContain(
      'It goes on from entry 12, whose head was noted.',
    );
    expect(asked.at(-1)).toBe(HEAD);
    expect(await verified('audit-log verify 12', WHOLE)).toEqual({
      status: 'misheard',
      words: '"12" is no head of the audit log; write the 16 digits and letters that audit-log verify told',
    });
  });

  it('has no head to be noted before there is an entry', async () => {
    const { words } = await verified('audit-log verify', { kind: 'whole', entries: 0, head: '0'.repeat(64) });
    expect(words).toBe('The audit log has no entries yet.');
  });

  it('checks the agent’s own log too where it lies here, and says which of them is not whole', async () => {
    const { status, words } = await verified('audit-log verify', WHOLE, BROKEN);
    expect(status).toBe('critical');
    expect(words).toMatch(/^The audit log is whole: 20 entries/);
    expect(words).toContain('The agent’s own audit log is not whole: 1 fault.\nline 3: the entry was changed');
    expect((await verified('audit-log verify', WHOLE, WHOLE)).words).toContain(
      'The agent’s own audit log is whole: 20 entries',
    );
    expect((await verified('audit-log verify', BROKEN, WHOLE)).status).toBe('critical');
    expect((await verified('audit-log verify', { kind: 'unknown', why: 'Redis is away' }, WHOLE)).status).toBe(
      'unknown',
    );
  });
});
