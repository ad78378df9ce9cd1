/** `handover`: what is open, in force and expected; posted by itself when a rota's turn ends. */
import { handoverSpec } from '../../src/commands/specs/shift.ts';
import { readArguments } from '../../src/commands/parse.ts';
import { nextHandover, onDuty } from '../../src/domain/escalation/rota.ts';
import { say } from '../../src/domain/foreign.ts';
import { nextSlot } from '../../src/domain/morning/plan.ts';
import { orderInWords } from '../../src/messages/measure.ts';
import type { Message } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import { sayHandover } from '../../src/messages/shift.ts';
import type { DutyLine, Expected } from '../../src/messages/shift.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandJob } from '../answer.ts';
import { rotasNow } from '../escalation/rotas.ts';
import type { Rotating } from '../escalation/rotas.ts';
import { openIncidents } from '../incidents/view.ts';
import type { Viewing } from '../incidents/view.ts';
import { openMeasures } from '../measures/ledger.ts';

export type HandingOver = Viewing & Rotating & Pick<World, 'ledger' | 'mornings'>;

const DAY_MS = 86_400_000;

export const runHandover: CommandJob<keyof HandingOver> = async (request, world) => {
  const args = readArguments(handoverSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const said = await lookForHandover(world);
  return { status: said.tone === 'good' ? 'ok' : 'warning', message: said };
};

export async function lookForHandover(world: HandingOver): Promise<Message> {
  const now = world.clock.now();
  const [incidents, measures] = await Promise.all([openIncidents(world), openMeasures(world)]);
  const duty = (await rotasNow(world)).map(({ rota, note }): DutyLine => {
    const next = nextHandover(rota, now);
    return {
      rota: rota.name,
      timezone: rota.timezone,
      person: onDuty(rota, now),
      ...(next && { next }),
      ...(note !== undefined && { note }),
    };
  });
  const timezone = duty[0]?.timezone ?? world.mornings.plans[0]?.timezone ?? 'UTC';
  const leases = measures.flatMap((record): readonly Expected[] =>
    record.until === undefined
      ? []
      : [
          {
            at: record.until,
            timezone,
            what: say`the lease of measure ${record.number} ends (${orderInWords(record.order)})`,
          },
        ],
  );
  const decisions = measures
    .filter((record) => record.state === 'proposed')
    .map((record): Expected => ({
      at: record.expiresAt,
      timezone,
      what: say`measure ${record.number} can no longer be approved`,
    }));
  const mornings = world.mornings.plans.flatMap((plan): readonly Expected[] => {
    const slot = nextSlot(plan, now);
    return slot ? [{ at: slot.at, timezone: plan.timezone, what: [`the look at ${plan.site}`] }] : [];
  });
  return sayHandover({
    duty,
    incidents,
    measures,
    expected: [...leases, ...decisions, ...mornings]
      .filter(({ at }) => at > now && at <= now + DAY_MS)
      .toSorted((a, b) => a.at - b.at),
  });
}
