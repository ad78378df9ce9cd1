/**
 * freeze-outbound: the master no longer starts the agents that deliver by SMTP.
 *
 * Rules, each found on a real Postfix:
 * 1. `master_service_disable` with every clone of smtp(8), not `defer_transports`: that one is emptied by `postqueue -f`,
 *    which any local user may say.
 * 2. The clones that carry mail inward go on: `relay_transport` of `relay_domains`, and content filters such as amavis,
 *    which hand it back. Where they are the very agent that outbound mail takes, inbound mail is held too, which is said.
 * 3. What is being delivered at the moment is aborted by the reload and stays in the queue.
 * 4. After a release what waited is flushed: by itself it would wait for its next attempt, five minutes to more than an
 *    hour (minimal_backoff_time, maximal_backoff_time of postconf(5)). Mail on hold stays there.
 */
import { say } from '../../../../src/domain/foreign.ts';
import type { Phrase } from '../../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import type { ConfigMeasure, PlacePlan } from '../config-measure.ts';
import { inwardWays, shownWays } from './inward.ts';
import { holderOf, putSettings } from './main-cf.ts';
import { serviceOf } from './tools.ts';
import type { Tools } from './tools.ts';

const DISABLE = 'master_service_disable';

export function freezeMeasure(tools: Tools): ConfigMeasure {
  const { name, options } = tools;
  return {
    propose: async (_order, { id: folder }, mainCf) => {
      const holder = holderOf(mainCf, DISABLE);
      if (holder !== undefined)
        throw new MeasureRefused(`${name} is frozen already, by measure ${holder}; look at the ledger.`);
      const [old = '', keptFor = ''] = await tools.values(folder, DISABLE, 'maximal_queue_lifetime');
      const clones = (await tools.services(folder)).filter((each) => each.command === 'smtp');
      const inward = await inwardWays(tools, folder, new Set(clones.map((each) => each.name)));
      const outbound = clones.filter((each) => !inward.apart.some(({ service }) => service === each.name));
      if (outbound.length === 0)
        throw new MeasureRefused(
          `master.cf in ${folder} on ${name} has no agent that delivers by SMTP. Block port 25 on the firewall instead.`,
        );
      const names = outbound.map((each) => `${each.name}/${each.type}`);
      const all = [...new Set([...old.split(/[\s,]+/).filter((each) => each !== ''), ...names])];
      return {
        value: all.join(', '),
        services: names.join(' '),
        inbound: shownWays(inward.apart),
        heldToo: shownWays(inward.shared),
        keptFor,
      };
    },
    blastRadius: async (_order, plans) => {
      const waiting = await tools.waiting(plans.map((plan) => plan.id));
      const services = plans.map((plan) => plan.notes['services']).join(' ');
      const noted = (what: string): string | undefined =>
        plans.map((plan) => plan.notes[what] ?? '').find((each) => each !== '');
      const [inbound, heldToo] = [noted('inbound'), noted('heldToo')];
      return [
        waiting.phrase('holds'),
        say`nothing leaves ${name} by SMTP (${services}); inbound mail, local delivery and what users hand in go on`,
        ...(inbound === undefined ? [] : [say`what leads inward goes on: ${inbound}`]),
        ...(heldToo === undefined
          ? []
          : [
              say`inbound mail is held too where it leads through an agent that outbound mail takes: ${heldToo}; to hold outbound mail alone, block port 25 on the firewall instead`,
            ]),
        ...(options.pagerLeavesHere
          ? [say`the pager's mail leaves through this server too, and is held with the rest`]
          : []),
        say`held mail goes back to its sender after ${plans[0]?.notes['keptFor'] ?? ''}`,
      ] satisfies readonly Phrase[];
    },
    edit: (text, tag, plan) => putSettings(text, tag, [[DISABLE, plan.notes['value'] ?? '']]),
    afterwards: {
      words: ({ id }) => [`postqueue -c ${id} -f`],
      // A Postfix that is stopped refuses; it begins with its whole queue when it is started.
      release: async ({ id }, fence) => void (await tools.run(['postqueue', '-c', id, '-f'], { fence })),
    },
    lagging: async (plan, engaged) => {
      const master = await tools.master(plan.id);
      if (master.kind === 'stopped') return [];
      const ours = namesOf(plan);
      return engaged
        ? ours.filter((each) => master.listens.includes(each)).map((each) => `the master still serves ${each}`)
        : ours.filter((each) => !master.listens.includes(each)).map((each) => `the master does not serve ${each} yet`);
    },
    proofs: async (plan) => {
      const [effective = ''] = await tools.values(plan.id, DISABLE);
      const disabled = effective.split(/[\s,]+/);
      const wanted = (plan.notes['services'] ?? '').split(' ');
      const missing = wanted.filter((each) => !disabled.includes(each));
      const agents = (await tools.processes(plan.id)).filter((each) =>
        namesOf(plan).includes(serviceOf(each.args, 'smtp') ?? ''),
      );
      return [
        missing.length === 0
          ? { right: true, by: say`postconf says ${DISABLE} = ${effective}` }
          : { right: false, by: say`postconf does not disable ${missing.join(', ')}` },
        agents.length === 0
          ? { right: true, by: say`no agent that delivers by SMTP runs under the master of ${name}` }
          : { right: false, by: say`${agents.length} agents that deliver by SMTP run under the master of ${name}` },
      ];
    },
  };
}

function namesOf(plan: PlacePlan): readonly string[] {
  return (plan.notes['services'] ?? '').split(' ').map((each) => each.split('/')[0] ?? each);
}
