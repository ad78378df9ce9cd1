/**
 * Sendmail's `mailq -v` (mailq(1)): a line per message, below it why it waits and its recipients.
 *
 *   -----Q-ID----- --Size-- -Priority- ---Q-Time--- --------Sender/Recipient--------
 *   6AO4Dxax015207       25      30248 Nov 24 04:13 <alice@localhost>
 *                    (host map: lookup (nonexist.test): deferred)
 *                                                   <x@nonexist.test>
 *
 * `*` behind the id: being processed; `-`: the load is too high; `?`: its file could not be read. The time is the host's
 * local time, without a year. The quarantine is a queue of its own (`mailq -qQ`).
 */
import { readStamp } from '../logs/stamp.ts';
import type { HostClock } from '../logs/stamp.ts';
import type { ListingReader, ListingSink, QueuedMessage } from './message.ts';

const HEAD =
  /^([0-9A-Za-z]{14,20})([*?X-]?)\s+(\d+)\s+(?:[+-]?\d+\s+)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d)\s+(?:<(.*)>|(\S+))\s*$/;
const NOTHING = /^(?:\s*$|.*\(\d+ requests?\)$|.* is empty$|\s*Total requests: \d+$|-----Q-ID-----)/;

/** `clock`: the host's; its offset is 0 where it isn't known. */
export function readSendmail(sink: ListingSink, clock: HostClock): ListingReader {
  let open: { head: Omit<QueuedMessage, 'recipients'>; reason?: string; recipients: string[] } | undefined;
  let number = 0;
  const close = (): void => {
    if (!open) return;
    const { head, reason, recipients } = open;
    sink.message({
      ...head,
      recipients: recipients.map((address) => (reason === undefined ? { address } : { address, reason })),
    });
    open = undefined;
  };
  return {
    feed(line) {
      number += 1;
      const head = HEAD.exec(line);
      if (head) {
        close();
        const [, id = '', mark, size, time = '', bracketed, bare] = head;
        const at = readStamp(`${time}:00 `, clock)?.at;
        if (at === undefined) return sink.malformed({ line: number, why: 'it has no time that can be read' });
        const sender = bracketed ?? bare ?? '';
        open = {
          head: {
            id,
            queue: mark === '*' ? 'active' : 'queued',
            arrival: at,
            bytes: Number(size),
            sender: sender === 'MAILER-DAEMON' ? '' : sender,
          },
          recipients: [],
        };
        return undefined;
      }
      const reason = /^\s+\((.*)\)\s*$/.exec(line)?.[1];
      if (open && reason !== undefined) {
        open.reason = reason;
        return undefined;
      }
      const recipient = /^\s+<?([^<>\s]+)>?\s*$/.exec(line)?.[1];
      if (open && recipient !== undefined && !NOTHING.test(line)) {
        open.recipients.push(recipient);
        return undefined;
      }
      if (!NOTHING.test(line)) sink.malformed({ line: number, why: 'it is no line that mailq -v would print' });
      return undefined;
    },
    end: close,
  };
}
