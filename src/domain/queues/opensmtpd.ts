/**
 * OpenSMTPD's `smtpctl show queue` (smtpctl(8)): one line per envelope, that is per recipient:
 *
 *   51ef4434f915436b|inet4|mta||alice@example.test|a@gmail.test|a@gmail.test|1795493007|1795493007|0|0|pending|-3|
 *
 * id, source, type, flags, sender, recipient as said, recipient, created, expires, last try, tries, state, next try, error.
 * The first eight characters of an envelope's id are its message's. No size is told.
 */
import type { ListingReader, ListingSink } from './message.ts';

export function readOpenSmtpd(sink: ListingSink): ListingReader {
  let number = 0;
  return {
    feed(line) {
      number += 1;
      if (line.trim() === '') return;
      const [id = '', , , , sender = '', , recipient = '', created, , , , state = '', , ...error] = line.split('|');
      if (!/^[0-9a-f]{16}$/.test(id) || !/^\d+$/.test(created ?? ''))
        return sink.malformed({ line: number, why: 'it is no line that smtpctl show queue would print' });
      const reason = error.join('|');
      sink.message({
        id,
        queue: state === '' ? 'unknown' : state,
        arrival: Number(created),
        bytes: 0,
        sender,
        recipients: recipient === '' ? [] : [reason === '' ? { address: recipient } : { address: recipient, reason }],
      });
    },
    end: () => {},
  };
}
