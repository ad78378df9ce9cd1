import { expect, it } from 'vitest';
import { openMailDoors } from '../../../adapters/mail/doors/look.ts';

const SUBMISSION = { port: 587, protocol: 'smtp', tls: 'by-command' } as const;
const GREETS = String.raw`printf '220 mx ESMTP\r\n'; read -r said; printf '250-mx\r\n250 STARTTLS\r\n'; read -r said; printf '220 go on\r\n'`;

/** What stands in for ssh -W: its standard input and output are the connection. */
function through(script: string) {
  const doors = openMailDoors(() => ['sh', '-c', script]);
  return doors.look('mx.example', SUBMISSION, 3000, 'mx1');
}

it.concurrent.each([
  ['falls silent in the middle of TLS', `${GREETS}; sleep 30`, { kind: 'open', encryption: 'broken' }],
  ['hangs up in the middle of TLS', GREETS, { kind: 'open', encryption: 'broken' }],
  ['talks nonsense for TLS', `${GREETS}; echo nonsense; sleep 30`, { kind: 'open', encryption: 'broken' }],
  ['leaves a child behind that holds the line', `sleep 30 & exit 0`, { kind: 'unknown' }],
  ['says nothing', 'sleep 30', { kind: 'unknown' }],
  ['is gone at once', 'exit 1', { kind: 'unknown' }],
  [
    'is told by ssh to be closed',
    'echo "channel 0: open failed: connect failed: Connection refused" >&2; exit 1',
    { kind: 'closed' },
  ],
])(
  'a door by way of a server that %s is looked at in time, and ends nothing but itself',
  async (_what, script, state) => {
    const began = performance.now();
    const look = await through(script);
    expect(look.state).toMatchObject(state);
    expect(performance.now() - began).toBeLessThan(20_000);
  },
);
