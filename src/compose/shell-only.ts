/** Commands that are a process of their own: `start`, `chat`. */
import { join } from 'node:path';
import { openLog } from '../../adapters/log/log.ts';
import type { LogTarget } from '../../adapters/log/log.ts';
import { startOperations } from '../../adapters/operations/server.ts';
import type { Command } from '../commands/parse.ts';
import { readArguments } from '../commands/parse.ts';
import { optionOf } from '../commands/spec.ts';
import { agentSpec } from '../commands/specs/agent.ts';
import { rescueSpec } from '../commands/specs/rescue.ts';
import { startSpec } from '../commands/specs/start.ts';
import type { ProcessRole } from '../commands/specs/start.ts';
import { sayWelcome } from '../messages/welcome.ts';
import { startAgent } from './hosts/agents.ts';
import { startChats } from './chats/chats.ts';
import { rescue } from './measures/rescue.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { talkInTerminal } from './chats/terminal.ts';

/** Everything that was started is ended within this time after Ctrl-C, in milliseconds. */
const END_WITHIN_MS = 2800;

export async function runShellOnly(command: Command): Promise<number> {
  switch (command.spec.name) {
    case 'agent':
      return agent(command, readArguments(agentSpec, command.spoken));
    case 'chat':
      return chatHere(optionOf(command.spoken, 'config'));
    case 'console':
      return (await import('./chats/console.ts')).printConsoleLink(command);
    case 'rescue': {
      const args = readArguments(rescueSpec, command.spoken);
      if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
      const settings = readSettings(optionOf(command.spoken, 'config'));
      return rescue(args.value, settings, (line) => process.stdout.write(`${line}\n`));
    }
    case 'slack':
      return (await import('./chats/slack-manifest.ts')).printSlackManifest(command);
    case 'start':
      return start(command);
    case 'teams':
      return (await import('./chats/teams-package.ts')).writeTeamsPackage(command);
    default:
      throw new Error(`${command.spec.name} is declared for the shell only, but nothing carries it out.`);
  }
}

/**
 * The chat in this terminal, until the person leaves. `first` is said in it before anything else; `scenarios`: a file of
 * the drill's in place of the configured one.
 */
export async function chatHere(config: string | undefined, first?: string, scenarios?: string): Promise<number> {
  const read = readSettings(config);
  const settings = scenarios === undefined ? read : { ...read, config: { ...read.config, drill: { scenarios } } };
  const log = await openLog(
    { kind: 'file', path: join(settings.dataFolder, 'tourniquet.log') },
    process.env['LOG_LEVEL'],
  );
  const service = await startService(settings, { worker: true, scheduler: false }, log);
  const talk = talkInTerminal(service, settings, first);
  await Promise.race([talk.ended, interrupted()]);
  talk.close();
  return end(service);
}

async function agent(command: Command, args: ReturnType<typeof agentSpec.read>): Promise<number> {
  if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
  const settings = readSettings(optionOf(command.spoken, 'config'));
  const log = await openLog(
    process.stderr.isTTY ? { kind: 'pretty' } : { kind: 'json', to: 'stderr' },
    process.env['LOG_LEVEL'],
  );
  const stop = interrupted();
  const running = await startAgent(settings, args.value.names, log);
  log.info({ serves: running.serves }, 'the agent listens');
  await stop;
  return end(running);
}

async function start(command: Command): Promise<number> {
  const args = readArguments(startSpec, command.spoken);
  if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
  const { role } = args.value;
  if (role === 'agent') return agent(command, { kind: 'ok', value: { names: [] } });
  const settings = readSettings(optionOf(command.spoken, 'config'));
  const speaks = role === 'all';
  const log = await openLog(logTarget(settings, speaks), process.env['LOG_LEVEL']);
  const service = await startService(settings, partsOf(role), log);
  const host = process.env['TOURNIQUET_OPERATIONS_HOST'] ?? '127.0.0.1';
  const operations = await startOperations(
    host,
    Number(process.env['TOURNIQUET_OPERATIONS_PORT'] ?? 3979),
    service.world.household,
    service.figures,
  );
  log.info({ role, operations: operations.address }, 'started');
  const stop = interrupted();
  const hears = role === 'all' || role === 'gateway';
  const giveUp = async (error: unknown): Promise<never> => {
    await operations.close();
    await end(service);
    throw error;
  };
  const chats = hears ? await startChats({ service, settings, log }).catch(giveUp) : undefined;
  const page = hears
    ? await (await import('./chats/console.ts')).startConsole(service, settings).catch(giveUp)
    : undefined;
  if (page) log.info({ address: page.address }, 'the console is open; tq console prints a link into it');
  if (speaks) {
    const talk = talkInTerminal(service, settings);
    await talk.show(
      sayWelcome(settings.configFile !== undefined, { operations: operations.address, console: page?.address }),
    );
    const heard = await Promise.race([talk.ended, stop]);
    talk.close();
    if (heard !== 'interrupted' && heard.lines === 0 && !process.stdin.isTTY) await stop;
  } else {
    await stop;
  }
  await operations.close();
  await page?.close();
  await chats?.close();
  return end(service);
}

function partsOf(role: ProcessRole): { readonly worker: boolean; readonly scheduler: boolean } {
  return { worker: role === 'all' || role === 'worker', scheduler: role === 'all' || role === 'scheduler' };
}

/** A person at the terminal is not shown the log between the lines; it goes to a file beside the data. */
function logTarget(settings: Settings, speaks: boolean): LogTarget {
  if (speaks && process.stdin.isTTY) return { kind: 'file', path: join(settings.dataFolder, 'tourniquet.log') };
  return process.stderr.isTTY ? { kind: 'pretty' } : { kind: 'json', to: 'stderr' };
}

function interrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('interrupted'));
  });
}

async function end(service: Pick<Service, 'close'>): Promise<number> {
  const late = setTimeout(() => process.exit(1), END_WITHIN_MS);
  await service.close();
  clearTimeout(late);
  return 0;
}
