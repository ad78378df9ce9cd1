/** The measures of a Postfix server. */
import type { MeasureKind } from '../../../src/domain/measures/order.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { HostFiles } from '../../../src/ports/host-files.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { openConfigMeasure } from './config-measure.ts';
import { freezeMeasure } from './freeze.ts';
import type { PostfixOptions } from './options.ts';
import { openTools } from './tools.ts';

/** The driver of one kind of measure, or undefined where Postfix has none. */
export function openPostfix(
  options: PostfixOptions,
  kind: MeasureKind,
  host: Host,
  files: HostFiles,
  now: () => number,
): MeasureDriver | undefined {
  const tools = openTools(options.name, options, host, files, now);
  switch (kind) {
    case 'freeze-outbound':
      return openConfigMeasure(tools, freezeMeasure(tools));
    default:
      return undefined;
  }
}
