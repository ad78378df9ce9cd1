/** How each mail server's own tool is asked for its queue. Exim's binary is `exim4` on Debian, `exim` elsewhere. */
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { Mta } from '../../../src/domain/queues/snapshot.ts';
import type { MailServer } from '../../../src/ports/mail-server.ts';

const LONGEST_LINE = 4_000_000;

export function openMailServer(name: string, mta: Mta, host: Host, instances: readonly string[]): MailServer {
  return {
    name,
    mta,
    async *listing(deadlineMs) {
      for (const ways of waysToAsk(name, mta, instances)) yield* firstThatRuns(host, ways, deadlineMs);
    },
  };
}

/** One entry per queue to read; each with the commands that may do it, the usual first. */
function waysToAsk(name: string, mta: Mta, instances: readonly string[]): readonly (readonly (readonly string[])[])[] {
  switch (mta) {
    case 'postfix':
      return instances.length === 0
        ? [[['postqueue', '-j']]]
        : instances.map((folder) => [['postqueue', '-c', folder, '-j']]);
    case 'exim':
      return [
        [
          ['exim4', '-bp'],
          ['exim', '-bp'],
        ],
      ];
    case 'exchange':
    case 'opensmtpd':
    case 'sendmail':
      throw new HostUnknown(
        `The queue of ${name} (${mta}) can't be read from here yet. Save a listing and hand it over: queue --dump FILE.`,
      );
    default:
      return mta satisfies never;
  }
}

async function* firstThatRuns(
  host: Host,
  ways: readonly (readonly string[])[],
  deadlineMs: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  for (const [index, argv] of ways.entries()) {
    let began = false;
    try {
      for await (const lines of host.lines(argv, { deadlineMs, longest: LONGEST_LINE })) {
        began = true;
        yield lines;
      }
      return;
    } catch (error) {
      const missing = error instanceof HostUnknown && /ENOENT|status 127/.test(error.message);
      if (began || !missing || index === ways.length - 1) throw error;
    }
  }
}
