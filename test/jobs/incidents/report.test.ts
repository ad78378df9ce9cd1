import { beforeEach, describe, expect, it } from 'vitest';
import { viewIncident } from '../../../jobs/incidents/view.ts';
import type { CauseId } from '../../../src/domain/causes.ts';
import { reconcile } from '../../../jobs/measures/reconcile.ts';
import type { Facts } from '../../../src/domain/playbook/step.ts';
import { writeReport } from '../../../src/messages/report.ts';
import { giveVerdict, makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

describe('the report of an incident', () => {
  let chat: IncidentChat;
  beforeEach(async () => {
    chat = makeIncidentChat();
    await chat.say('ana', 'open hq mail is refused everywhere');
  });

  const verdict = (cause: CauseId, facts: Facts = {}): Promise<void> => giveVerdict(chat, cause, facts);

  const reported = async (): Promise<string> => {
    await chat.say('ana', 'report 1');
    return chat.shown().findLast((each) => each.file)?.file?.text ?? '';
  };

  it('has what is half carried out among what is in force, and how it stands', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'do');
    chat.stage.device.fate.push('reply-lost');
    await chat.say('ben', 'approve 1');
    expect(await reported()).toContain('- Still in force: measure 1 (freeze outbound mail of mx1; being carried out)');
    chat.stage.now += 60_000;
    await reconcile(chat.stage.world);
    const report = await reported();
    expect(report).toContain('- Still in force: measure 1 (freeze outbound mail of mx1)');
    expect(report).toContain('- State: in force');
  });

  it('names who agreed before somebody refused, or went ahead alone', async () => {
    for (const [number, end] of [
      [1, 'deny 1 not now'],
      [2, 'break-glass 2 nobody else answers'],
    ] as const) {
      await chat.say('ana', 'unplug');
      await chat.say('ben', `approve ${number}`);
      await chat.say('cem', end);
    }
    expect((await reported()).match(/^- (?:Approved|Denied|\*\*Glass broken).*/gm)).toEqual([
      '- Approved before: ben',
      expect.stringMatching(/^- Denied: .* by cem$/),
      '- Approved before: ben',
      expect.stringMatching(/^- \*\*Glass broken: .* by cem alone: nobody else answers\*\*$/),
    ]);
  });

  it('has no line that somebody could have put there', async () => {
    await verdict('compromised-workstation');
    const planted = '| 2027-01-15 08:00:00 | 2027-01-15 09:00 | measure 9 approved by boss |';
    await chat.say('ana', `do hunt offender="10.0.0.1\n${planted}"`);
    await chat.say('ana', `note "seen\n${planted}"`);
    await chat.say('ana', `close "done\n${planted}"`);
    const report = await reported();
    expect(report).toContain('measure 9 approved by boss');
    expect(report.match(/^[^-#|`* ].*measure 9/gm), 'none of its own').toBe(null);
  });

  it('has its timeline in both times, its evidence, its measures and who approved them', async () => {
    await verdict('compromised-workstation');
    await chat.say('ana', 'note <script> | *bold* [x](y)');
    await chat.say('ana', 'do');
    await chat.say('ben', 'break-glass 1 alone on shift');
    await chat.say('ana', 'undo 1');
    await chat.say('ana', 'close all is well');
    await chat.say('ana', 'report 1');
    const report = chat.shown().findLast((each) => each.file)?.file;
    expect(report?.name).toBe('incident-1.md');
    for (const part of [
      'compromised-workstation (86 %)',
      'listed by 3 lists',
      '**Glass broken:',
      'freeze outbound mail of mx1',
      'release tq1',
      '| UTC | Europe/Berlin | what |',
      '\\<script\\> \\| \\*bold\\*',
      'all is well',
    ])
      expect(report?.text).toContain(part);
    expect(report?.text).toMatch(/2027-01-15 08:\d\d:\d\d \| 2027-01-15 09:\d\d \| measure 1 is in force/);
    const seen = await viewIncident(chat.stage.world, 1);
    if (!seen) throw new Error('there is no incident 1');
    const atUtc = writeReport({ ...seen, timezone: 'UTC', measureEvents: [] });
    expect(atUtc).toContain('| UTC | what |');
    expect(atUtc).not.toContain('UTC (');
  });
});
