/** The measures of a Sendmail server: it is frozen; the others are done by hand. */
import type { MeasureKind } from '../../../../src/domain/measures/order.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { HostFiles } from '../../../../src/ports/host-files.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import { openConfigMeasure } from '../config-measure.ts';
import type { ServerOptions } from '../options.ts';
import { sendmailFreeze } from './freeze.ts';
import { openSendmailTools, sendmailConfig } from './tools.ts';

export function openSendmail(
  options: ServerOptions,
  kind: MeasureKind,
  host: Host,
  files: HostFiles,
): MeasureDriver | undefined {
  if (kind !== 'freeze-outbound') return undefined;
  const tools = openSendmailTools(options, host, files);
  return openConfigMeasure(sendmailConfig(tools), sendmailFreeze(tools));
}
