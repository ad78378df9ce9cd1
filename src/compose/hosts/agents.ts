/** Both ends of the line to an agent: the bot's drivers for what is reached so, and the agent's own process. */
import { join } from 'node:path';
import { openAuditLog } from '../../../adapters/audit/log.ts';
import { systemClock } from '../../../adapters/clock/system.ts';
import type { Log } from '../../../adapters/log/log.ts';
import { openAuditCopy } from '../../../adapters/redis/audit-copy.ts';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { systemResolvers } from '../../../adapters/dns/resolv-conf.ts';
import { KEY_PREFIX } from '../../../adapters/redis/connection.ts';
import { makeLooks } from '../../../jobs/agent/agent-looks.ts';
import { runErrand } from '../../../jobs/agent/agent.ts';
import { openAnswerer, openCaller } from '../../../jobs/agent/line.ts';
import { makePlanSeal } from '../../../jobs/agent/plan-seal.ts';
import type { Caller } from '../../../jobs/agent/line.ts';
import { cidrContains } from '../../domain/address/cidr.ts';
import { parseIp } from '../../domain/address/ip.ts';
import type { AgentLimits } from '../../domain/measures/errand.ts';
import { MEASURE_KINDS } from '../../domain/measures/order.ts';
import type { Config } from '../../config/schema.ts';
import type { MeasureDriver } from '../../ports/measures.ts';
import { makeAgentDriver } from './agent-driver.ts';
import { asLocal } from './as-local.ts';
import { folderId } from '../folder-id.ts';
import { ownKey } from '../own-key.ts';
import { makeMailLogs, makeMailServers } from './mail-servers.ts';
import { makeMeasureDrivers } from '../measures/drivers.ts';
import { openRedis } from '../redis.ts';
import { makeOwnNetwork, makeWatches } from './watches.ts';
import type { RedisHouse } from '../redis.ts';
import type { Settings } from '../settings.ts';

export interface Agents {
  /** The driver at the end of the line to this target's agent. */
  driverFor(target: string): MeasureDriver;
  readonly lineTo: (target: string) => Caller;
  close(): Promise<void>;
}

/** Lines are opened when they are first needed. */
export function makeAgents(redis: RedisHouse): Agents {
  const lines = new Map<string, Caller>();
  const lineTo = (target: string): Caller => {
    const line = lines.get(target) ?? openCaller(redis.records, redis.waiter(), KEY_PREFIX, target);
    lines.set(target, line);
    return line;
  };
  return {
    lineTo,
    driverFor: (target) => makeAgentDriver(target, lineTo(target)),
    close: async () => {
      await Promise.all([...lines.values()].map((line) => line.close()));
    },
  };
}

export interface RunningAgent {
  readonly serves: readonly string[];
  close(): Promise<void>;
}

/** Serves these servers and firewalls of the configuration on this host. Throws an Error with the remedy. */
export async function startAgent(settings: Settings, named: readonly string[], log: Log): Promise<RunningAgent> {
  const serves = whatIsServed(settings.config, named);
  const own = { ...settings, config: asLocal(settings.config, serves) };
  const redis = await openRedis(own);
  const folder = join(own.dataFolder, 'agent');
  const needs = {
    limits: limitsOf(own.config),
    seal: makePlanSeal(ownKey(folder, 'plan.key')),
    auditLog: openAuditLog(folder, openAuditCopy(redis.records, folderId(folder)), systemClock),
    drivers: makeMeasureDrivers(own, noOther(serves)),
  };
  const nobody = noOther(serves);
  const mailServers = makeMailServers(own, nobody);
  const mailLogs = makeMailLogs(own, nobody);
  const watches = makeWatches(own, nobody);
  const { resolvers } = own.config;
  const resolver = openResolver(resolvers.length > 0 ? resolvers.map(readServer) : systemResolvers());
  const network = makeOwnNetwork(own, resolver);
  const answerers = serves.map((target) => {
    const looks = makeLooks({ target, mailServers, mailLogs, watches, network }, () => systemClock.now());
    const line = openAnswerer(redis.waiter(), KEY_PREFIX, target, async (question) => {
      const reply = await runErrand(question, { ...needs, target, looks });
      log.info({ target, reply: reply.kind }, 'errand');
      return reply;
    });
    return {
      close: async () => {
        looks.close();
        await line.close();
      },
    };
  });
  return {
    serves,
    close: async () => {
      await Promise.all(answerers.map((answerer) => answerer.close()));
      resolver.close();
      await redis.close();
    },
  };
}

function noOther(serves: readonly string[]): (target: string) => never {
  return (target) => {
    throw new Error(`${target} is another agent's; this one serves ${serves.join(', ')}.`);
  };
}

function whatIsServed(config: Config, named: readonly string[]): readonly string[] {
  const known = [...config.servers, ...config.firewalls];
  const names = named.length > 0 ? named : config.agent.serves;
  const chosen = names.length > 0 ? names : known.filter((each) => each.reach === 'agent').map((each) => each.name);
  if (chosen.length === 0)
    throw new Error(
      'The agent serves nothing: name a server or firewall of tourniquet.yaml (tq agent gateway), or give one reach: agent.',
    );
  for (const name of chosen)
    if (!known.some((each) => each.name === name))
      throw new Error(
        `There is no server or firewall ${JSON.stringify(name)} in tourniquet.yaml; there are ${known.map((each) => each.name).join(', ') || 'none'}.`,
      );
  return chosen;
}

function limitsOf(config: Config): AgentLimits {
  return {
    measures: config.agent.measures ?? MEASURE_KINDS,
    longestLeaseMinutes: config.agent.longestLeaseMinutes,
    isProtected: (text) => {
      const address = parseIp(text);
      return address.kind === 'ok' && config.measures.protected.some((range) => cidrContains(range, address.value));
    },
  };
}
