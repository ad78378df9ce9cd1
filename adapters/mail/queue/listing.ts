/**
 * How each mail server's own tool is asked for its queue. Exim's binary is `exim4` on Debian, `exim` elsewhere; exipick
 * tells exact sizes and times, and is asked first.
 */
import { EXIPICK_VARS } from '../../../src/domain/queues/exipick.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { Mta } from '../../../src/domain/queues/snapshot.ts';
import type { MailServer } from '../../../src/ports/mail-server.ts';
import { countWaiting } from './count.ts';
import { EXIM_QUEUES } from './exim-queues.ts';
import { readEnvelopes } from './envelopes.ts';

const LONGEST_LINE = 4_000_000;
const QUEUE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/;

/** Exchange has a room of its own (adapters/mail/exchange). */
export function openMailServer(
  name: string,
  mta: Exclude<Mta, 'exchange'>,
  host: Host,
  instances: readonly string[],
): MailServer {
  return {
    name,
    mta,
    async *listing(deadlineMs) {
      for (const ways of waysToAsk(mta, instances)) yield* firstThatRuns(host, ways, deadlineMs);
      if (mta === 'exim') yield* namedQueues(host, deadlineMs);
    },
    count: (deadlineMs) => countWaiting(mta, host, instances, deadlineMs),
    envelopes: (ids, deadlineMs) => readEnvelopes(name, mta, host, instances, ids, deadlineMs),
  };
}

/** One entry per queue to read; each with the commands that may do it, the usual first. */
function waysToAsk(
  mta: Exclude<Mta, 'exchange'>,
  instances: readonly string[],
): readonly (readonly (readonly string[])[])[] {
  switch (mta) {
    case 'postfix':
      return instances.length === 0
        ? [[['postqueue', '-j']]]
        : instances.map((folder) => [['postqueue', '-c', folder, '-j']]);
    case 'exim':
      return [waysToAskExim()];
    case 'opensmtpd':
      return [[['smtpctl', 'show', 'queue']]];
    case 'sendmail':
      return [[['mailq', '-v']]];
    default:
      return mta satisfies never;
  }
}

function waysToAskExim(queue?: string): readonly (readonly string[])[] {
  const which = queue === undefined ? [] : [`-qG${queue}`];
  const picked = queue === undefined ? [] : ['--queue', queue];
  return [
    ['exipick', '-b', '--unsorted', ...picked, `--show-vars=${EXIPICK_VARS}`],
    ['exim4', ...which, '-bp'],
    ['exim', ...which, '-bp'],
  ];
}

/** With `-bp`, `-qGNAME` says which queue is listed; it starts no queue run (seen on 4.96). */
async function* namedQueues(host: Host, deadlineMs: number): AsyncGenerator<readonly (string | undefined)[]> {
  const ran = await host.run(['sh', '-c', `${EXIM_QUEUES}; printf '%s\\n' $queues`], { deadlineMs });
  for (const queue of ran.out.split('\n')) {
    if (!QUEUE_NAME.test(queue)) continue;
    yield [`# queue ${queue}`];
    yield* firstThatRuns(host, waysToAskExim(queue), deadlineMs);
  }
}

/** The next way is tried where one printed nothing and failed; told is the failure of a tool that is there. */
async function* firstThatRuns(
  host: Host,
  ways: readonly (readonly string[])[],
  deadlineMs: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  let told: HostUnknown | undefined;
  for (const argv of ways) {
    let began = false;
    try {
      for await (const lines of host.lines(argv, { deadlineMs, longest: LONGEST_LINE })) {
        began = true;
        yield lines;
      }
      return;
    } catch (error) {
      if (began || !(error instanceof HostUnknown)) throw error;
      if (told === undefined || !/ENOENT|status 127/.test(error.message)) told = error;
    }
  }
  if (told) throw told;
}
