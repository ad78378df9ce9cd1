/** The product as a service, as `npm start` runs it: a process with ports of its own, until somebody ends it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, until } from '../lab/process.ts';
import type { Bot } from './bot.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');
const STARTS_WITHIN_MS = 50_000;

export interface ServiceForm {
  /** tourniquet.yaml. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the command line, after `start`. */
  readonly words?: readonly string[];
  /** What its log says once it can be spoken to. */
  readonly ready?: string;
  /** A port of one's own choice, to come back on the same. */
  readonly port?: number;
}

export interface Service {
  /** Where the chats are heard: `http://127.0.0.1:PORT`. */
  readonly address: string;
  readonly port: number;
  /** All that it has written. */
  log(): string;
  isRunning(): boolean;
  /** Resolves once the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Resolves once it says that it is ready. */
export async function startService(bot: Bot, form: ServiceForm = {}): Promise<Service> {
  const { config, env = {}, words = [], ready = 'the chats are heard here' } = form;
  if (config !== undefined) writeFileSync(join(bot.dataFolder, 'tourniquet.yaml'), config);
  const [port, operations] = [form.port ?? (await freePort()), await freePort()];
  const child = spawn(TQ, ['start', ...words], {
    cwd: bot.dataFolder,
    env: {
      ...process.env,
      TOURNIQUET_DATA: bot.dataFolder,
      TOURNIQUET_OPERATIONS_PORT: String(operations),
      PORT: String(port),
      NO_COLOR: '1',
      ...env,
    },
    stdio: 'pipe',
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const service: Service = {
    address: `http://127.0.0.1:${port}`,
    port,
    log: () => log,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: async (signal = 'SIGTERM') => {
      if (!service.isRunning()) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await gone;
    },
  };
  await until(() => log.includes(ready), STARTS_WITHIN_MS, `“${ready}” in the log`).catch(async (error: unknown) => {
    await service.stop('SIGKILL');
    throw new Error(`${String(error)}\n${log}`);
  });
  return service;
}
