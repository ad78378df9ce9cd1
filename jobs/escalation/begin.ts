/** `escalate`, and the beginning of a chain: who is called in which order is fixed now. */
import { readArguments } from '../../src/commands/parse.ts';
import { escalateSpec } from '../../src/commands/specs/incidents.ts';
import { fixChain } from '../../src/domain/escalation/chain.ts';
import type { Urgency } from '../../src/domain/escalation/chain.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Who } from '../../src/domain/measures/record.ts';
import { message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandJob } from '../answer.ts';
import { changeIncident } from '../incidents/change.ts';
import { whichIncident } from '../incidents/which.ts';
import { whoIs } from '../measures/who.ts';
import { rotasNow } from './rotas.ts';
import { escalateOne } from './tick.ts';
import type { Escalating } from './needs.ts';

export type Begun = 'begun' | 'under-way' | 'closed' | 'no-rules';

/** Fixes the chain, once per incident. The first call is made by the next tick. */
export async function beginEscalation(world: Escalating, number: number, by: Who, urgency: Urgency): Promise<Begun> {
  const { rules } = world.onCall;
  if (!rules) return 'no-rules';
  const rotas = (await rotasNow(world)).map((each) => each.rota);
  const at = world.clock.now();
  const changed = await changeIncident<Begun>(world, number, ({ incident }) => {
    if (incident.state === 'closed') return { events: [], result: 'closed' };
    if (incident.chain) return { events: [], result: 'under-way' };
    return {
      events: [{ kind: 'escalation', at, by, chain: fixChain(rules, rotas, at, urgency) }],
      result: 'begun',
    };
  });
  return changed?.result ?? 'closed';
}

export const runEscalateCommand: CommandJob<keyof (Escalating & Pick<World, 'people'>)> = async (request, world) => {
  const args = readArguments(escalateSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const which = await whichIncident(request, world, args.value.incident);
  if (which.kind === 'asked') return which.answer;
  const { number } = which.seen.incident;
  const begun = await beginEscalation(world, number, whoIs(world, request.actor), 'wake');
  switch (begun) {
    case 'begun': {
      await escalateOne(world, number);
      const after = (await changeIncident(world, number, () => ({ events: [], result: undefined })))?.seen.incident;
      const people = after?.chain?.tiers[0]?.people.join(', ') ?? '';
      const words = say`People are called about incident ${number} until somebody has it; first: ${people === '' ? 'the paging service' : foreign(people, 200)}.`;
      return { status: 'ok', message: message('warning', words, notice('warning', words)) };
    }
    case 'under-way': {
      const words = say`People are being called about incident ${number} already; ack stops it.`;
      return { status: 'ok', message: message('neutral', words, notice('neutral', words)) };
    }
    case 'closed':
      return { status: 'refused', message: sayRefused(`incident ${number} is closed`, 'open another one') };
    case 'no-rules':
      return {
        status: 'refused',
        message: sayRefused(
          'nobody is configured to be called',
          'write escalation into tourniquet.yaml (docs/morning.md)',
        ),
      };
    default:
      return begun satisfies never;
  }
};
