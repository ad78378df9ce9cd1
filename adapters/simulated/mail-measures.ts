/** The measures on the mail server: the way out, an account, what waits. Each is one of the server's files. */
import { foreign, say } from '../../src/domain/foreign.ts';
import type { MeasureOrder, QueueSelection } from '../../src/domain/measures/order.ts';
import type { Host } from '../../src/ports/host.ts';
import { MeasureRefused } from '../../src/ports/measures.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import type { Company } from './company.ts';
import { openDriver } from './driver.ts';
import type { OneFile } from './driver.ts';
import { WAY_OUT } from './mail-host.ts';
import type { Waiting } from './mail.ts';
import { MAIL_SERVER, RELAY } from './names.ts';

export function openMailMeasures(company: Company, host: Host): MeasureDriver {
  const { mail, clock } = company;
  const idsOf = (selection: QueueSelection): readonly string[] =>
    [...mail.queue.values()].filter((each) => matches(each, selection)).map((each) => each.id);
  const fileOf = (order: MeasureOrder): OneFile => {
    switch (order.kind) {
      case 'freeze-outbound': {
        const waiting = [...mail.queue.values()];
        return {
          file: WAY_OUT,
          lines: ['frozen'],
          blastRadius: [
            say`holds ${waiting.length} messages that wait now, and every new one to the outside; inbound mail and submission go on`,
            ...(company.has('pager')
              ? [say`the pager’s mail leaves through this server too: nobody is called while it is frozen`]
              : []),
          ],
        };
      }
      case 'reroute':
        return {
          file: WAY_OUT,
          lines: [`relay ${RELAY}:587`],
          blastRadius: [say`all outbound mail leaves through ${RELAY}, which limits how much`],
        };
      case 'disable-account':
        return {
          file: `accounts/${order.account}`,
          lines: ['disabled, sessions ended'],
          blastRadius: [
            say`${foreign(order.account, 60)} can’t log in and its open sessions end; nobody else is touched`,
          ],
        };
      case 'clean-queue': {
        const ids = idsOf(order.selection);
        return {
          file: cleanFile(order.selection),
          lines: ids,
          blastRadius: [say`takes ${ids.length} waiting messages out of the queue into a file; no other is touched`],
        };
      }
      case 'block-port-25':
      case 'unplug':
      case 'quarantine-host':
        throw new MeasureRefused(`${order.kind} is for a firewall; ${MAIL_SERVER} is a mail server.`);
      default:
        return order satisfies never;
    }
  };
  return openDriver({
    name: MAIL_SERVER,
    host,
    now: () => clock.now(),
    fileOf,
    proof: (order, lines) => {
      switch (order.kind) {
        case 'freeze-outbound':
          return (mail.device.says(WAY_OUT) ?? '').startsWith('frozen')
            ? say`a test message to the outside stays in the queue`
            : undefined;
        case 'reroute':
          return say`a test message left through ${RELAY}`;
        case 'disable-account':
          return mail.isDisabled(order.account)
            ? say`a login with ${foreign(order.account, 60)} is refused`
            : undefined;
        case 'clean-queue':
          return lines.some((id) => mail.queue.has(id))
            ? undefined
            : say`none of the listed messages is in the queue any more`;
        case 'block-port-25':
        case 'unplug':
        case 'quarantine-host':
          return undefined;
        default:
          return order satisfies never;
      }
    },
  });
}

function cleanFile(selection: QueueSelection): string {
  const parts = Object.entries(selection).map(([name, value]) => `${name}=${value === '' ? 'nobody' : value}`);
  return `removed/${parts.join(',')}`;
}

function matches(mail: Waiting, selection: QueueSelection): boolean {
  const { sender, recipientDomain, account } = selection;
  return (
    (sender === undefined || mail.sender === sender) &&
    (recipientDomain === undefined || mail.recipient.endsWith(`@${recipientDomain}`)) &&
    (account === undefined || (mail.from.kind === 'login' && mail.from.account === account))
  );
}
