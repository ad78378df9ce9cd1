import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/domain/foreign.ts';
import { judgeLeak } from '../../../src/domain/incidents/stopped.ts';
import type { LeakLooks } from '../../../src/domain/incidents/stopped.ts';

const MINUTE = 60_000;
const NOW = 1_800_000_000_000;
const quiet = { logins: [], localSenders: [], bouncesPerMinute: 0, relayedForStrangers: 0 };

function judged(looks: Partial<LeakLooks> = {}) {
  return judgeLeak({ now: NOW, changedAt: NOW - 20 * MINUTE, past: [], through: quiet, blind: [], ...looks });
}

describe('whether the leak has stopped', () => {
  it('has, where both ways out were looked at a quarter of an hour after the last change, and nothing is seen', () => {
    expect(judged()).toEqual({ kind: 'stopped', since: NOW - 20 * MINUTE });
    expect(judged({ changedAt: NOW - 15 * MINUTE }).kind).toBe('stopped');
  });

  it('is not said before that, and the time to look again is', () => {
    const changedAt = NOW - 14 * MINUTE;
    expect(judged({ changedAt })).toEqual({ kind: 'quiet', since: changedAt, enoughAt: NOW + MINUTE, doubt: [] });
    expect(judged({ changedAt: NOW + 60 * MINUTE })).toMatchObject({ enoughAt: NOW + 15 * MINUTE });
  });

  it('is never said where a way out could not be looked at', () => {
    expect(judged({ past: undefined, blind: [['no firewall']] })).toEqual({ kind: 'unknown', why: [['no firewall']] });
    expect(judged({ through: undefined, blind: [['no log']] }).kind).toBe('unknown');
    expect(judged({ blind: [['one of two']] }).kind).toBe('unknown');
  });

  it('has not, where a machine reaches many hosts past the mail server, though other ways are unseen', () => {
    const past = [{ who: ['pc-9 (10.0.0.9)'], destinations: 14 }];
    const found = judged({ past, through: undefined, blind: [['no log']] });
    expect(found).toMatchObject({ kind: 'goes-on', cause: 'compromised-workstation' });
    expect(found.kind === 'goes-on' && plain(found.by[0] ?? [])).toContain('pc-9 (10.0.0.9) reaches port 25 of 14');
  });

  it('accuses nobody for one or two hosts, nor for what the firewall may remember from before the change', () => {
    expect(judged({ past: [{ who: ['copier'], destinations: 2 }] }).kind).toBe('stopped');
    const past = [{ who: ['pc'], destinations: 40 }];
    const early = judged({ past, changedAt: NOW - 2 * MINUTE });
    expect(early).toMatchObject({ kind: 'quiet', enoughAt: NOW + MINUTE, doubt: [expect.anything()] });
    expect(judged({ past, changedAt: NOW - 3 * MINUTE }).kind).toBe('goes-on');
  });

  it.each([
    ['authenticated-relay', { logins: [{ account: 'info', messages: 200, usualPerHour: 2, recipientDomains: 90 }] }],
    ['compromised-server', { localSenders: [{ uid: 'www', messages: 200, usualPerHour: 1, recipientDomains: 90 }] }],
    ['open-relay', { relayedForStrangers: 30 }],
    ['ndr-attack', { bouncesPerMinute: 40 }],
  ])('has not, where the log shows %s since the change', (cause, through) => {
    expect(judged({ through: { ...quiet, ...through } })).toMatchObject({ kind: 'goes-on', cause });
  });

  it('counts what an account always sends as no leak', () => {
    const logins = [{ account: 'newsletter', messages: 300, usualPerHour: 300, recipientDomains: 200 }];
    expect(judged({ through: { ...quiet, logins } }).kind).toBe('stopped');
  });
});
