/** The measures of a Postfix server. */
import type { MeasureKind } from '../../../../src/domain/measures/order.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { HostFiles } from '../../../../src/ports/host-files.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import { openCleanMeasure } from '../clean-measure.ts';
import { openConfigMeasure } from '../config-measure.ts';
import { accountMeasure } from './account.ts';
import { freezeMeasure } from './freeze.ts';
import type { ServerOptions } from '../options.ts';
import { postfixSpool } from './queue.ts';
import { rerouteMeasure } from './reroute.ts';
import { configServer, openTools } from './tools.ts';

/** The driver of one kind of measure, or undefined where Postfix has none. */
export function openPostfix(
  options: ServerOptions,
  kind: MeasureKind,
  host: Host,
  files: HostFiles,
  now: () => number,
): MeasureDriver | undefined {
  const tools = openTools(options.name, options, host, files, now);
  switch (kind) {
    case 'freeze-outbound':
      return openConfigMeasure(configServer(tools), freezeMeasure(tools));
    case 'reroute':
      return openConfigMeasure(configServer(tools), rerouteMeasure(tools));
    case 'disable-account':
      return openConfigMeasure(configServer(tools), accountMeasure(tools));
    case 'clean-queue':
      return openCleanMeasure(postfixSpool(tools));
    case 'block-port-25':
    case 'unplug':
    case 'quarantine-host':
      return undefined;
    default:
      return kind satisfies never;
  }
}
