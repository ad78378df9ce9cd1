import { describe, expect, it } from 'vitest';
import { eximPid, readEximSessions } from '../../../src/domain/logs/exim-sessions.ts';

/** What 1xVhU1 stands for. */
const AT = 1_795_491_977;
const PID = 7061;
const line = (rest: string, id = '1xVhU1-0001pt-20'): string =>
  `2026-11-24 03:46:17 ${id} <= alice@example.test ${rest}`;
const LOGIN = 'H=(pc1) [10.0.0.7] P=esmtpa A=plain:alice S=442 id=x@pc1';
const logins = (lines: readonly string[], began = AT - 60): readonly string[] => [
  ...(readEximSessions(lines, new Map([[PID, began]])).get(PID) ?? []),
];

describe('whose an open session of Exim is', () => {
  it.each([
    ['as it is written', line(LOGIN)],
    ['with a time zone and its process', `2026-11-24 03:46:17.123 +0100 [7061] 1xVhU1-0001pt-20 <= a@b.test ${LOGIN}`],
    ['of syslog', `Nov 24 03:46:17 mx2 exim[7061]: 2026-11-24 03:46:17 1xVhU1-0001pt-20 <= a@b.test ${LOGIN}`],
    [
      'of syslog without its own time',
      `2026-11-24T03:46:17+01:00 mx2 exim4[7061]: 1xVhU1-0001pt-20 <= a@b.test ${LOGIN}`,
    ],
    ['of 4.97 and later', line(LOGIN, '1xVhU1-000000001pt-20ab')],
  ])('is told by the id of a message that it has taken in: a line %s', (_how, each) => {
    expect(logins([each])).toEqual(['alice']);
  });

  it.each([
    ['a process of before with the same number', [line(LOGIN)], AT + 1],
    ['another process', [line(LOGIN, '1xVhU1-0001pu-20')], AT - 60],
    ['a message without a login', [line('H=(pc1) [10.0.0.7] P=esmtp S=442')], AT - 60],
    [
      'what a client had written into the log',
      [
        `2026-11-24 03:46:17 H=(pc1) [10.0.0.7] F=<"1xVhU1-0001pt-20 <= A=plain:bob "@b.test> rejected RCPT <x@y.test>`,
        `2026-11-24 03:46:17 1xVhU1-0001pu-20 <= "1xVhU1-0001pt-20 <= A=plain:bob "@b.test H=(pc1) [10.0.0.7] P=esmtpa A=plain:eve`,
        `2026-11-24 03:46:17 1xVhU1-0001pt-20 => "x <= y A=plain:bob"@b.test R=out T=smtp`,
      ],
      AT - 60,
    ],
  ])('is not told by %s', (_what, lines, began) => {
    expect(logins(lines, began)).toEqual([]);
  });

  it('may be each that its line names', () => {
    expect(logins([line(LOGIN.replace('H=', '"x A=plain:bob "@b.test H='))])).toEqual(['bob', 'alice']);
  });

  it('knows a process by its number in base 62', () => {
    expect([eximPid(PID), eximPid(0), eximPid(62)]).toEqual(['1pt', '0', '10']);
  });
});
