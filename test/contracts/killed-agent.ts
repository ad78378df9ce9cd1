/** What holds of each measure though its agent is killed by -9 at any boundary of its effects, on the real thing. */
import { expect } from 'vitest';
import type { Errand, ErrandReply } from '../../src/domain/measures/errand.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../src/domain/measures/plan.ts';
import type { KilledAgent } from '../support/killed-agent.ts';

/** Left out of `npm test` for their time: two seconds a death. */
export function inSoakAlone<Each>(...each: readonly Each[]): readonly Each[] {
  return process.env['TOURNIQUET_SOAK'] === undefined ? [] : each;
}

/** `world`: all that the measure touches, without what moves by itself. Gives how many deaths there were. */
export async function survivesDeaths(
  agent: KilledAgent,
  order: MeasureOrder,
  world: () => Promise<string>,
): Promise<number> {
  let number = 0;
  let fence = Date.now();
  let deaths = 0;
  const who = 'bot';
  const engage = (task: MeasureTask): Errand => ({ verb: 'engage', task, fence: (fence += 1), who });
  const release = (task: MeasureTask): Errand => ({ verb: 'release', task, fence: (fence += 1), way: 'exact', who });
  const answered = async <Kind extends ErrandReply['kind']>(errand: Errand, kind: Kind, what: string) => {
    const reply = await agent.ask(errand);
    expect(reply, what).toMatchObject({ kind });
    return reply as Extract<ErrandReply, { readonly kind: Kind }>;
  };
  const planned = async (): Promise<MeasureTask> => {
    number += 1;
    const tag = `tq${number}`;
    const { plan } = await answered({ verb: 'plan', order, tag }, 'planned', 'plan');
    const { prior, seal } = plan;
    return { tag, order, prior, ...(seal !== undefined && { seal }) };
  };
  const nameless = async (): Promise<string> => (await world()).replaceAll(/(?<![a-z])tq\d+\b/g, 'tqN');
  const before = await world();
  const undone = async (task: MeasureTask, what: string): Promise<void> => {
    expect(await answered(release(task), 'released', what), what).toMatchObject({ released: { kind: 'released' } });
    expect(await world(), what).toBe(before);
  };

  const reference = await planned();
  const effects = await agent.effectsOf(engage(reference));
  const stands = await nameless();
  expect(stands, 'it did nothing').not.toBe(before);
  const undoing = await agent.effectsOf(release(reference));
  expect([effects > 0, undoing > 0, await world()]).toEqual([true, true, before]);

  for (let boundary = 0; boundary <= effects; boundary += 1)
    for (const when of boundary === 0 ? (['before'] as const) : (['during', 'after'] as const)) {
      const what = `killed ${when} effect ${Math.max(1, boundary)} of engaging ${order.kind}`;
      const task = await planned();
      await agent.dies(engage(task), `${when} ${Math.max(1, boundary)}`);
      deaths += 1;
      const { seen } = await answered({ verb: 'observe', task }, 'observed', what);
      const now = await nameless();
      expect(seen.kind === 'absent' ? now === before : seen.kind !== 'in-force' || now === stands, what).toBe(true);
      // One is taken back as it is, the other is carried on first.
      if (when === 'after' || boundary === 0) {
        await answered(engage(task), 'done', what);
        expect(await nameless(), what).toBe(stands);
      }
      await undone(task, what);
    }
  for (let boundary = 0; boundary <= undoing; boundary += 1) {
    const when = boundary === 0 ? 'before' : boundary % 2 === 0 ? 'during' : 'after';
    const what = `killed ${when} effect ${Math.max(1, boundary)} of releasing ${order.kind}`;
    const task = await planned();
    await answered(engage(task), 'done', what);
    await agent.dies(release(task), `${when} ${Math.max(1, boundary)}`);
    deaths += 1;
    await undone(task, what);
  }
  return deaths;
}
