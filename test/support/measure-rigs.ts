/** Measures on a box of the lab: how a driver is opened there, and planned tasks. */
import { openHostFiles } from '../../adapters/host/files.ts';
import { openHost } from '../../adapters/host/process.ts';
import { openMailServer } from '../../adapters/mail/queue/listing.ts';
import type { ServerOptions } from '../../adapters/mail/servers/options.ts';
import { openExim } from '../../adapters/mail/servers/exim/driver.ts';
import { openOpensmtpd } from '../../adapters/mail/servers/opensmtpd/driver.ts';
import { openSendmail } from '../../adapters/mail/servers/sendmail/driver.ts';
import { openPostfix } from '../../adapters/mail/servers/postfix/driver.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../src/domain/measures/plan.ts';
import type { Host } from '../../src/ports/host.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import type { MeasureRig } from '../contracts/measure-driver.ts';
import type { Box } from '../lab/box.ts';
import type { MailLab } from '../lab/postfix.ts';

const SMART_HOST = { host: '127.0.0.1', port: 2603 };

export function hostOf(box: Box): Host {
  return openHost(box.name, (argv) => box.enter(argv), '/run/tourniquet-fence');
}

export function openDriver(
  lab: Pick<MailLab, 'box' | 'mta'>,
  order: MeasureOrder,
  host: Host,
  more: Partial<ServerOptions> = {},
): MeasureDriver {
  const { box, mta } = lab;
  const mail = openMailServer(box.name, mta, host, []);
  const options: ServerOptions = {
    name: box.name,
    instances: [],
    pagerLeavesHere: true,
    smartHost: SMART_HOST,
    mail,
    ...more,
  };
  const open = {
    exim: openExim,
    opensmtpd: openOpensmtpd,
    sendmail: openSendmail,
    postfix: openPostfix,
    exchange: undefined,
  }[mta];
  if (!open) throw new Error(`no lab for ${mta}`);
  const driver = open(options, order.kind, host, openHostFiles(box.name, host), Date.now);
  if (!driver) throw new Error(`no driver for ${order.kind}`);
  return driver;
}

export async function planned(driver: MeasureDriver, order: MeasureOrder, tag: string): Promise<MeasureTask> {
  return { tag, order, prior: (await driver.plan(order, tag)).prior };
}

/** A rig whose world is a folder of configuration, and whose meddling hand adds a comment to one file of it. */
export function configRig(lab: MailLab, order: MeasureOrder, folder: string, file: string): MeasureRig {
  const { box } = lab;
  const script =
    'find "$1" -printf "%p %U %G %m\\n" | sort; find "$1" -type f | sort | while read -r each; do cat "$each"; done';
  return {
    host: hostOf(box),
    order,
    open: (host) => openDriver(lab, order, host),
    world: () => box.must(['sh', '-c', script, 'world', folder]),
    meddle: async () => box.write(file, `${box.read(file)}# by hand\n`),
    mend: async () => box.write(file, box.read(file).replace('# by hand\n', '')),
    stop: () => lab.stop(),
  };
}
