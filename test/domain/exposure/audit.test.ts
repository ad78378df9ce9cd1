import { describe, expect, it } from 'vitest';
import { judgeExposure } from '../../../src/domain/exposure/audit.ts';
import { DOORS, judgeLogins } from '../../../src/domain/exposure/door.ts';
import type { DoorLook, DoorState } from '../../../src/domain/exposure/door.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { sayAudit } from '../../../src/messages/audit.ts';
import { auditSpec } from '../../../src/commands/specs/audit.ts';

const CLOSED = { kind: 'closed' } as const;
const SAFE = { kind: 'open', greeting: '', encryption: 'at-once', loginInClear: 'no', login: 'yes' } as const;
const looks = (states: Readonly<Record<number, DoorState>>): readonly DoorLook[] =>
  DOORS.map((plan) => ({ plan, state: states[plan.port] ?? CLOSED }));
const holds = (states: Readonly<Record<number, DoorState>>): string =>
  judgeExposure(looks(states))
    .advice.map((each) => each.holds)
    .join(' ');

describe('a password in the clear', () => {
  it.each([
    ['pop3', ['TOP', 'USER', 'STLS'], 'yes'],
    ['pop3', ['SASL PLAIN LOGIN'], 'yes'],
    ['pop3', ['TOP', 'SASL', 'STLS'], 'no'],
    ['pop3', ['SASL CRAM-MD5'], 'no'],
    ['imap', ['IMAP4rev1', 'STARTTLS'], 'yes'],
    ['imap', ['IMAP4rev1', 'STARTTLS', 'LOGINDISABLED'], 'no'],
    ['imap', ['IMAP4rev1', 'LOGINDISABLED', 'AUTH=PLAIN'], 'yes'],
    ['smtp', ['PIPELINING', 'AUTH PLAIN LOGIN'], 'yes'],
    ['smtp', ['AUTH=LOGIN'], 'yes'],
    ['smtp', ['AUTH CRAM-MD5 NTLM'], 'no'],
    ['smtp', ['PIPELINING', 'STARTTLS'], 'no'],
  ] as const)('is taken by %s with %j: %s', (protocol, clear, expected) => {
    expect(judgeLogins(protocol, { clear, encrypted: undefined }, false).loginInClear).toBe(expected);
  });

  it('that is offered to the server’s own machine says nothing about others', () => {
    expect(judgeLogins('imap', { clear: [], encrypted: undefined }, true)).toEqual({
      loginInClear: 'unknown',
      login: 'yes',
    });
  });
});

describe('the advice', () => {
  it('holds where everything is closed', () => {
    expect(holds({})).toBe('yes yes yes yes yes');
    expect(judgeExposure(looks({})).findings).toEqual([]);
  });

  it.each([
    ['IMAP over TLS alone', { 993: SAFE }, 'no unknown yes yes unknown'],
    ['POP3 over TLS alone', { 995: SAFE }, 'no unknown yes no unknown'],
    [
      'POP3 in the clear',
      { 110: { ...SAFE, encryption: 'not-offered', loginInClear: 'yes' } as const },
      'no unknown no no unknown',
    ],
    [
      'a port that did not answer',
      { 110: { kind: 'unknown', why: 'silence' } as const },
      'unknown unknown unknown unknown unknown',
    ],
    ['a plain relay on 25', { 25: { ...SAFE, encryption: 'offered', login: 'no' } as const }, 'yes yes yes yes yes'],
  ])('of %s', (_what, states, expected) => {
    expect(holds(states)).toBe(expected);
  });

  it.each([
    [{ 993: { ...SAFE, certificate: { subject: 'a', daysLeft: -1 } } }, 'critical'],
    [{ 993: { ...SAFE, certificate: { subject: 'a', daysLeft: 5 } } }, 'warning'],
    [{ 993: { ...SAFE, certificate: { subject: 'a', daysLeft: 50, fault: 'self-signed' } } }, 'warning'],
    [{ 587: { ...SAFE, encryption: 'broken', refusal: 'x' } as const }, 'critical'],
    [{ 25: { ...SAFE, encryption: 'offered' } as const }, 'warning'],
  ])('of %j comes with a finding that is %s', (states, severity) => {
    expect(judgeExposure(looks(states)).findings).toMatchObject([{ severity }]);
  });
});

it('is said with the worst first, and hostile greetings are made harmless', () => {
  const states = looks({ 110: { ...SAFE, loginInClear: 'yes' }, 143: { kind: 'unknown', why: '\u202e<!channel>' } });
  const said = sayAudit('mx1', states, judgeExposure(states));
  expect(plain(said.summary)).toBe('mx1: on port 110, POP3 takes passwords in the clear');
  expect(JSON.stringify(said)).not.toContain('\u202e');
});

it('is said to be of no mail server, perhaps, where not one door is open', () => {
  const said = (states: Parameters<typeof looks>[0]): string => {
    const seen = looks(states);
    return JSON.stringify(sayAudit('mx1', seen, judgeExposure(seen)));
  };
  expect(said({})).toContain('Not one door is open');
  expect(said({ 25: SAFE })).not.toContain('Not one door is open');
  expect(said({ 25: { kind: 'unknown', why: 'timeout' } })).not.toContain('Not one door is open');
});

it.each(['a b', '-oProxyCommand=x', 'https://x.example', '10.0.0.0/8', '999.1.1.1', 'x@y.example', '12345'])(
  'audit refuses %j as a host',
  (word) => {
    expect(auditSpec.read({ name: 'audit', words: [word], options: {} }).kind).toBe('bad');
  },
);
