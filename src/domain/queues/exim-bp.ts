/**
 * `exim -bp` (exim(8)): a header line per message, its recipients indented below, a blank line after.
 *
 *      25m  2.9K 0t5C6f-0000c8-00 <alice@wonderland.fict.example> *** frozen ***
 *               red.king@looking-glass.fict.example
 *             D hatter@wonderland.fict.example
 *
 * The lines of exipick (exipick.ts) are read as well. `D` marks a recipient that has been delivered already; it is not
 * waiting. Ids have 16 characters, 23 since 4.97. Neither tool says which of Exim's named queues it lists
 * (spec.txt, "Named queues"): a line `# queue NAME` of our own stands before what comes from one.
 */
import { eximQueue, readExipickLine } from './exipick.ts';
import type { ListingReader, ListingSink, QueuedMessage } from './message.ts';

const HEADER =
  /^\s*(\d+)([smhdw])\s+([\d.]+[KMG]?)?\s*([0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4})\s+<(.*?)>(?:\s+\([^)]*\))?(\s+\*\*\* frozen \*\*\*)?\s*$/;
const NAMED = /^# queue ([A-Za-z0-9_][A-Za-z0-9_.-]{0,62})$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const UNITS: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `now`: seconds since 1970 UTC; the listing has ages only. */
export function readEximListing(sink: ListingSink, now: number): ListingReader {
  let open: { head: Omit<QueuedMessage, 'recipients'>; recipients: { address: string }[] } | undefined;
  let number = 0;
  let named: string | undefined;
  const close = (): void => {
    if (open) sink.message({ ...open.head, recipients: open.recipients });
    open = undefined;
  };
  return {
    feed(line) {
      number += 1;
      if (line.trim() === '') return close();
      const queue = NAMED.exec(line)?.[1];
      if (queue !== undefined) {
        close();
        named = queue;
        return undefined;
      }
      const picked = readExipickLine(line, named);
      if (picked) {
        close();
        sink.message(picked);
        return undefined;
      }
      const head = HEADER.exec(line);
      if (head) {
        close();
        const [, age, unit = '', size, id = '', sender = '', frozen] = head;
        open = {
          head: {
            id,
            queue: eximQueue(named, frozen !== undefined),
            arrival: now - Number(age) * (SECONDS[unit] ?? 1),
            bytes: bytesOf(size),
            sender,
          },
          recipients: [],
        };
        return undefined;
      }
      const recipient = /^\s{6,}(D\s+)?(\S.*?)\s*$/.exec(line);
      if (open && recipient) {
        if (recipient[1] === undefined) open.recipients.push({ address: recipient[2] ?? '' });
        return undefined;
      }
      sink.malformed({
        line: number,
        why: open ? 'it is neither a message nor a recipient' : 'it is no message that exim -bp would print',
      });
      return undefined;
    },
    end: close,
  };
}

function bytesOf(size: string | undefined): number {
  const [, value, unit = ''] = /^([\d.]+)([KMG]?)$/.exec(size ?? '') ?? [];
  return value === undefined ? 0 : Math.round(Number(value) * (UNITS[unit] ?? 1));
}
