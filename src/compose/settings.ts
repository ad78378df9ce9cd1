/** What the process was started with: environment, .env file, configuration file. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config/read.ts';
import { readPlaybooks } from '../config/playbooks.ts';
import type { Config } from '../config/schema.ts';
import type { Playbook } from '../domain/playbook/step.ts';

export const PROJECT_ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Settings {
  readonly config: Config;
  /** One's own, from the files that the configuration names. */
  readonly playbooks: readonly Playbook[];
  /** The file it was read from, or undefined: nothing is configured. */
  readonly configFile: string | undefined;
  readonly dataFolder: string;
  readonly redisUrl: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Reads everything, or throws an Error that names the file and the fault. `file`: what --config named. */
export function readSettings(file: string | undefined): Settings {
  loadEnvFile();
  dropEmptyVariables();
  const configFile = findConfig(file);
  const config =
    configFile === undefined ? readConfig('', 'tourniquet.yaml') : readConfig(readText(configFile), configFile);
  return {
    config,
    playbooks: config.playbooks.reduce<readonly Playbook[]>(
      (before, path) => [...before, ...readPlaybooks(readText(path), path, before)],
      [],
    ),
    configFile,
    dataFolder: resolve(process.env['TOURNIQUET_DATA'] ?? join(stateHome(), 'tourniquet')),
    redisUrl: process.env['REDIS_URL'],
    env: process.env,
  };
}

export function readVersion(): string {
  const read: unknown = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}

function loadEnvFile(): void {
  for (const file of new Set([resolve('.env'), join(PROJECT_ROOT, '.env')]))
    if (existsSync(file)) process.loadEnvFile(file);
}

/** A variable that is set to nothing isn't set: compose files (`${NAME:-}`) and templates of .env leave them so. */
function dropEmptyVariables(): void {
  for (const [name, value] of Object.entries(process.env)) if (value === '') delete process.env[name];
}

function findConfig(file: string | undefined): string | undefined {
  const named = file ?? process.env['TOURNIQUET_CONFIG'];
  if (named !== undefined) return resolve(named);
  return [resolve('tourniquet.yaml'), '/etc/tourniquet/tourniquet.yaml'].find((path) => existsSync(path));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(
      `The configuration ${file} can't be read (${cause instanceof Error ? cause.message : String(cause)}). Name another with --config.`,
      { cause },
    );
  }
}

function stateHome(): string {
  return process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
}
