/** A measure carried out by the agent on its host: the same port, at the end of a line. */
import { readReply } from '../../../jobs/agent/agent.ts';
import type { Caller } from '../../../jobs/agent/line.ts';
import type { Errand, ErrandReply } from '../../domain/measures/errand.ts';
import { FenceLost, HostUnknown } from '../../ports/host.ts';
import { MeasureRefused } from '../../ports/measures.ts';
import type { MeasureDriver } from '../../ports/measures.ts';

const LOOK_MS = 20_000;
/** A freeze of a busy server reloads it and looks for running deliveries. */
const EFFECT_MS = 60_000;

export function makeAgentDriver(target: string, caller: Caller): MeasureDriver {
  const ask = async <Kind extends ErrandReply['kind']>(
    errand: Errand,
    wanted: Kind,
    deadlineMs: number,
  ): Promise<Extract<ErrandReply, { readonly kind: Kind }>> => {
    const reply = readReply(await caller.ask(errand, deadlineMs));
    if (reply.kind === 'refused') throw new MeasureRefused(`The agent of ${target} refuses: ${reply.why}`);
    if (reply.kind === 'fenced') throw new FenceLost(target);
    if (reply.kind === 'unknown') throw new HostUnknown(reply.why);
    if (reply.kind !== wanted) throw new HostUnknown(`The agent of ${target} answered ${reply.kind}, not ${wanted}.`);
    return reply as Extract<ErrandReply, { readonly kind: Kind }>;
  };
  const who = 'bot';
  return {
    plan: async (order, tag) => (await ask({ verb: 'plan', order, tag }, 'planned', LOOK_MS)).plan,
    engage: async (task, fence) => {
      await ask({ verb: 'engage', task, fence, who }, 'done', EFFECT_MS);
    },
    renew: async (task, fence) => {
      await ask({ verb: 'renew', task, fence, who }, 'done', LOOK_MS);
    },
    observe: async (task) => {
      try {
        return (await ask({ verb: 'observe', task }, 'observed', LOOK_MS)).seen;
      } catch (error) {
        if (error instanceof HostUnknown) return { kind: 'unknown', why: [{ foreign: error.message }] };
        throw error;
      }
    },
    release: async (task, fence, way) =>
      (await ask({ verb: 'release', task, fence, way, who }, 'released', EFFECT_MS)).released,
    verify: async (task) => {
      try {
        return (await ask({ verb: 'verify', task }, 'verified', LOOK_MS)).proof;
      } catch (error) {
        if (error instanceof HostUnknown) return { kind: 'unknown', why: [{ foreign: error.message }] };
        throw error;
      }
    },
  };
}
