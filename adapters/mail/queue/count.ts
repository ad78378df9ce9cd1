/**
 * How many messages wait, without listing them: Postfix's files are counted (0.06 s for 100,000, where `postqueue -j`
 * takes 7), Exim counts by itself (`exim -bpc`). Who may not read the queue, or has another find, is told nothing.
 */
import type { Mta } from '../../../src/domain/queues/snapshot.ts';
import type { Host } from '../../../src/ports/host.ts';
import { EXIM_QUEUES } from './exim-queues.ts';

/** $1: the folder of the instance's configuration, or nothing. A file that goes meanwhile is no error. */
const POSTFIX = `if [ -n "$1" ]; then q=$(postconf -c "$1" -h queue_directory); else q=$(postconf -h queue_directory); fi
cd "$q" || exit 1
all=$(find active deferred hold incoming maildrop -ignore_readdir_race -type f -printf .) || exit 1
echo "\${#all}"`;
const EXIM = `${EXIM_QUEUES}; all=$("$x" -bpc) || exit 1
for queue in $queues; do more=$("$x" "-qG$queue" -bpc) || exit 1; all=$((all + more)); done; echo "$all"`;

export async function countWaiting(
  mta: Exclude<Mta, 'exchange'>,
  host: Host,
  instances: readonly string[],
  deadlineMs: number,
): Promise<number | undefined> {
  switch (mta) {
    case 'postfix': {
      const folders = instances.length === 0 ? [''] : instances;
      const counts = await Promise.all(folders.map((folder) => ask(host, [POSTFIX, 'tourniquet', folder], deadlineMs)));
      const known = counts.filter((each) => each !== undefined);
      return known.length < counts.length ? undefined : known.reduce((sum, each) => sum + each, 0);
    }
    case 'exim':
      return ask(host, [EXIM], deadlineMs);
    case 'opensmtpd':
    case 'sendmail':
      return undefined;
    default:
      return mta satisfies never;
  }
}

async function ask(host: Host, script: readonly string[], deadlineMs: number): Promise<number | undefined> {
  const ran = await host.run(['sh', '-c', ...script], { deadlineMs });
  return ran.code === 0 && /^\d+\n$/.test(ran.out) ? Number(ran.out) : undefined;
}
