import { describe, expect, it } from 'vitest';
import { readPostfixSessions } from '../../../src/domain/logs/postfix-sessions.ts';
import { mayBeSameLogin } from '../../../src/domain/logs/same-login.ts';

const at = (pid: number, text: string): string => `Nov 24 03:54:43 mx1 postfix/submission/smtpd[${pid}]: ${text}`;
const login = (account: string, from = 'pc1[10.0.0.7]'): string =>
  `A2F9E21EA11: client=${from}, sasl_method=LOGIN, sasl_username=${account}`;
const account = (...lines: readonly string[]): string | undefined => readPostfixSessions(lines).get('906')?.account;

describe('whose an open session of Postfix is', () => {
  it('is told by the first message that it hands in', () => {
    expect(account(at(906, 'connect from pc1[10.0.0.7]'), at(906, login('alice')))).toBe('alice');
    expect(readPostfixSessions([at(906, 'connect from unknown[2001:db8::7]:51234')]).get('906')).toEqual({
      address: '2001:db8::7',
      port: '51234',
    });
  });

  it.each<[string, readonly string[]]>([
    [
      'the client before it',
      [at(906, 'connect from pc1[10.0.0.7]'), at(906, login('bob')), at(906, 'connect from pc2[10.0.0.8]')],
    ],
    [
      'a client that has gone',
      [at(906, 'connect from pc1[10.0.0.7]'), at(906, login('bob')), at(906, 'disconnect from pc1[10.0.0.7] ehlo=1')],
    ],
    ['another process', [at(906, 'connect from pc1[10.0.0.7]'), at(907, login('bob'))]],
    ['another address', [at(906, 'connect from pc1[10.0.0.7]'), at(906, login('bob', 'pc2[10.0.0.8]'))]],
    ['a log that begins within it', [at(906, login('bob'))]],
    [
      'what a client had written into the log',
      [
        at(906, 'connect from pc1[10.0.0.7]'),
        at(
          906,
          'warning: non-SMTP command from pc1[10.0.0.7]: A2F9E21EA11: client=pc1[10.0.0.7], sasl_method=LOGIN, sasl_username=bob',
        ),
        at(
          906,
          'NOQUEUE: reject: RCPT from pc1[10.0.0.7]: 450 4.1.2 <x>: client=pc1[10.0.0.7], sasl_method=LOGIN, sasl_username=bob',
        ),
        `Nov 24 03:54:43 mx1 postfix/cleanup[8]: A2F9E21EA11: message-id=</smtpd[906]: A2F9E21EA11: client=pc1[10.0.0.7], sasl_method=LOGIN, sasl_username=bob>`,
      ],
    ],
  ])('is not told by %s', (_what, lines) => {
    expect(account(...lines)).toBeUndefined();
  });

  it.each([
    ['alice', 'Alice', true],
    ['alice', 'alice@office.test', true],
    ['alice@office.test', 'alice@other.test', false],
    ['alice', 'bob', false],
  ])('%s and %s may be the same: %s', (one, other, same) => {
    expect(mayBeSameLogin(one, other)).toBe(same);
  });
});
