/** A long listing through standard input: exact, and in memory that doesn't grow with it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');
const MANY = 250_000;

/** The most that the process had in memory so far, MiB. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describeLab(
  'a listing of a quarter of a million messages, each of another sender to another domain',
  { sets: ['redis'] },
  () => {
    it('is folded from standard input, exactly, in less than 200 MB', async () => {
      const data = mkdtempSync(join(tmpdir(), 'tq-stream-'));
      const child = spawn(TQ, ['queue', '--dump', '-', '--mta', 'exim', '--json'], {
        env: { ...process.env, TOURNIQUET_DATA: data },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      let peak = 0;
      const watch = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 50);
      const ended = once(child, 'close');
      for (let at = 0; at < MANY; at += 1000) {
        const lines = Array.from({ length: 1000 }, (_, index) => {
          const number = String(at + index).padStart(6, '0');
          return ` 5m  1.7K 1xVhU1-${number}-20 <u${number}@s${number}.example>\n          x@d${number}.example\n`;
        });
        if (!child.stdin.write(lines.join('\n'))) await once(child.stdin, 'drain');
      }
      child.stdin.end();
      await ended;
      clearInterval(watch);
      rmSync(data, { recursive: true, force: true });
      expect(JSON.parse(out)).toMatchObject({
        messages: MANY,
        recipients: MANY,
        malformed: 0,
        duplicates: 0,
        about: true,
      });
      expect(peak).toBeGreaterThan(50);
      expect(peak).toBeLessThan(200);
    });
  },
);
