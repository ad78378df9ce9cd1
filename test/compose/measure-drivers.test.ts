import { expect, it } from 'vitest';
import { makeMeasureDrivers } from '../../src/compose/measure-drivers.ts';
import { readConfig } from '../../src/config/read.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';

const CONFIG = `
servers:
  - {name: mx1, mta: postfix}
  - {name: mx2, mta: postfix, reach: agent}
`;
const drivers = makeMeasureDrivers({
  config: readConfig(CONFIG, 'tourniquet.yaml'),
  configFile: undefined,
  dataFolder: '/nonexistent',
  redisUrl: undefined,
  env: {},
});

it.each([
  [{ kind: 'freeze-outbound', server: 'mx1' }, { plan: expect.any(Function) }],
  [{ kind: 'freeze-outbound', server: 'mx2' }, { remedy: expect.stringContaining('ssh') }],
  [{ kind: 'freeze-outbound', server: 'mx9' }, { remedy: 'say one of mx1, mx2' }],
] satisfies readonly (readonly [MeasureOrder, object])[])(
  'finds the driver of %j, or says what to do',
  (order, found) => {
    expect(drivers.find(order)).toMatchObject(found);
  },
);
