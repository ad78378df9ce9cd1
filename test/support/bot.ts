/** The product as a person runs it: `bin/tq` as a process of its own, with a data folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endPrivateRedis } from './private-redis.ts';

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

const TQ = join(import.meta.dirname, '../../bin/tq');

export interface Bot {
  readonly dataFolder: string;
  run(
    words: readonly string[],
    options?: { readonly input?: string; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
  ): Promise<Outcome>;
  /** Ends its Redis too, where it was killed. */
  clean(): Promise<void>;
}

export function makeBot(): Bot {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tq-data-'));
  return {
    dataFolder,
    run: (words, options = {}) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const child = spawn(TQ, [...words], {
          cwd: options.cwd ?? dataFolder,
          env: { ...process.env, TOURNIQUET_DATA: dataFolder, NO_COLOR: '1', ...options.env },
          stdio: ['pipe', 'pipe', 'pipe'],
        });
        let out = '';
        let err = '';
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
        child.once('error', reject);
        child.once('close', (status) => resolve({ status, out, err, ms: performance.now() - began }));
        child.stdin.end(options.input ?? '');
      }),
    clean: async () => {
      await endPrivateRedis(dataFolder);
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
