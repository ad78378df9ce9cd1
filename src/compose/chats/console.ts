/** The console as part of the running bot, and the link into it. */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { addressFile } from '../../../adapters/chat/web/address.ts';
import { openConsole } from '../../../adapters/chat/web/open.ts';
import { openPasses } from '../../../adapters/chat/web/passes.ts';
import { systemClock } from '../../../adapters/clock/system.ts';
import { outboxAddress } from '../../../adapters/redis/outbox.ts';
import type { Command } from '../../commands/parse.ts';
import { readArguments } from '../../commands/parse.ts';
import { registry } from '../../commands/registry.ts';
import { optionOf } from '../../commands/spec.ts';
import { consoleSpec } from '../../commands/specs/console.ts';
import { sayBoard } from '../../messages/board.ts';
import { lookAtBoard } from '../board.ts';
import { folderId } from '../folder-id.ts';
import { ownKey } from '../own-key.ts';
import type { Service } from '../service.ts';
import { readSettings } from '../settings.ts';
import type { Settings } from '../settings.ts';

const PORT = 3980;

export interface ConsoleOfBot {
  readonly address: string;
  close(): Promise<void>;
}

/** Opens the console on the loopback, or where TOURNIQUET_CONSOLE_HOST says. */
export async function startConsole(service: Service, settings: Settings): Promise<ConsoleOfBot> {
  const { env } = settings;
  const name = env['TOURNIQUET_CONSOLE_NAME'];
  const running = await openConsole({
    id: folderId(settings.dataFolder),
    dataFolder: settings.dataFolder,
    key: keyOf(settings),
    host: env['TOURNIQUET_CONSOLE_HOST'] ?? '127.0.0.1',
    port: Number(env['TOURNIQUET_CONSOLE_PORT'] ?? PORT),
    ...(name !== undefined && { name }),
    commands: registry.filter((spec) => !spec.shellOnly).map((spec) => spec.name),
    gateway: service.gateway,
    now: () => service.world.clock.now(),
    firstTime: service.firstTime,
    board: async () => sayBoard(await lookAtBoard(service.world, settings.config)),
  });
  const main = running.conversation('main');
  service.speakThrough(outboxAddress(main), running.surface);
  service.tellHere(main);
  return running;
}

/** `tq console [NAME]`: prints the link. Exit status 0; 64 where NAME is nobody's; 3 where no console runs here. */
export function printConsoleLink(command: Command): number {
  const args = readArguments(consoleSpec, command.spoken);
  if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
  const { name } = args.value;
  const settings = readSettings(optionOf(command.spoken, 'config'));
  const people = settings.config.people.map((person) => person.name);
  if (name !== undefined && !people.includes(name)) {
    const known = people.length === 0 ? 'it names no people yet' : `it names ${people.join(', ')}`;
    process.stderr.write(`tq: ${JSON.stringify(name.slice(0, 60))} is no person of tourniquet.yaml; ${known}\n`);
    return 64;
  }
  const note = addressFile(settings.dataFolder);
  if (!existsSync(note)) {
    process.stderr.write(
      `tq: no console runs on the data folder ${settings.dataFolder}. Begin it with npm start; in this terminal, tq chat does the same.\n`,
    );
    return 3;
  }
  const who = name ?? `terminal:${userInfo().username}`;
  const pass = openPasses(keyOf(settings)).makePass(who, systemClock.now());
  process.stdout.write(`${readFileSync(note, 'utf8').trim()}/enter?pass=${pass}\n`);
  return 0;
}

function keyOf({ dataFolder }: Settings): Buffer {
  return ownKey(dataFolder, 'console.key');
}
