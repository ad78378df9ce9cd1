/** The measures of an Exim server. */
import type { MeasureKind } from '../../../../src/domain/measures/order.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { HostFiles } from '../../../../src/ports/host-files.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import { openCleanMeasure } from '../clean-measure.ts';
import { openConfigMeasure } from '../config-measure.ts';
import type { ServerOptions } from '../options.ts';
import { eximAccount } from './account.ts';
import { eximSpool } from './queue.ts';
import { eximFreeze, eximReroute } from './routers.ts';
import { eximConfig, openEximTools } from './tools.ts';

/** The driver of one kind of measure, or undefined where Exim has none. */
export function openExim(
  options: ServerOptions,
  kind: MeasureKind,
  host: Host,
  files: HostFiles,
  now: () => number,
): MeasureDriver | undefined {
  const tools = openEximTools(options, host, files, now);
  switch (kind) {
    case 'freeze-outbound':
      return openConfigMeasure(eximConfig(tools), eximFreeze(tools));
    case 'reroute':
      return openConfigMeasure(eximConfig(tools), eximReroute(tools));
    case 'disable-account':
      return openConfigMeasure(eximConfig(tools), eximAccount(tools));
    case 'clean-queue':
      return openCleanMeasure(eximSpool(tools));
    case 'block-port-25':
    case 'unplug':
    case 'quarantine-host':
      return undefined;
    default:
      return kind satisfies never;
  }
}
