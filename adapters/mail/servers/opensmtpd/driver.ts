/** The measures of an OpenSMTPD server: it is frozen; the others are done by hand. */
import type { MeasureKind } from '../../../../src/domain/measures/order.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { HostFiles } from '../../../../src/ports/host-files.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import type { ServerOptions } from '../options.ts';
import { openOpensmtpdFreeze } from './freeze.ts';

export function openOpensmtpd(
  options: ServerOptions,
  kind: MeasureKind,
  host: Host,
  files: HostFiles,
  now: () => number,
): MeasureDriver | undefined {
  return kind === 'freeze-outbound' ? openOpensmtpdFreeze(options, host, files, now) : undefined;
}
