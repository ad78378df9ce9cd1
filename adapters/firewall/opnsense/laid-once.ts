/** What somebody has laid on OPNsense once, held against what a measure needs of it. */
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import { FENCE_ALIAS } from './console.ts';
import type { Console } from './console.ts';
import { isMark } from './ranges.ts';
import { ALIAS } from './switches.ts';
import type { OpnsenseGateway, Switch } from './switches.ts';

/** What was laid once must be there, of the right kind, and free. Throws MeasureRefused and HostUnknown. */
export async function checked(
  order: MeasureOrder,
  switches: readonly Switch[],
  { name }: OpnsenseGateway,
  device: Console,
): Promise<readonly Phrase[]> {
  const aliases = await device.aliases();
  for (const wanted of [...switches.map(({ alias }) => alias), FENCE_ALIAS]) {
    const alias = aliases.find((each) => each.name === wanted);
    if (!alias?.isEnabled || alias.type !== 'external')
      throw new MeasureRefused(
        `${name} has no alias ${wanted} of the type external that is switched on; lay it once as docs/firewalls.md says.`,
      );
    if (wanted !== ALIAS.plug && alias.expire !== undefined)
      throw new MeasureRefused(
        `The alias ${wanted} of ${name} expires after ${alias.expire} s and would take the measure back; leave its expire empty.`,
      );
  }
  for (const { alias } of switches) {
    const strange = (await device.entries(alias)).filter((entry) => alias !== ALIAS.quarantine && !isMark(entry));
    if (strange.length > 0)
      throw new MeasureRefused(
        `The alias ${alias} of ${name} holds ${strange[0] ?? ''} already, which is nobody's here; empty it first.`,
      );
  }
  if (order.kind !== 'unplug') return [];
  const expire = aliases.find((each) => each.name === ALIAS.plug)?.expire;
  const lease = Math.round(order.leaseMinutes * 60);
  if (expire === undefined || expire > lease)
    throw new MeasureRefused(
      `The alias ${ALIAS.plug} of ${name} ${expire === undefined ? 'never expires' : `expires after ${expire} s`}, and ${lease} s were ordered; ${expire === undefined ? 'give it an expire' : `say --lease ${Math.ceil(expire / 60)}`}.`,
    );
  return [
    say`${name} empties the alias itself after ${Math.round(expire / 60)} min (looking ${expire >= 3600 ? 'every 15 min' : 'once a minute'}), though nobody can reach it`,
  ];
}
