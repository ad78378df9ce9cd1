/** The servers of the lab that speak DNS: rbldnsd with zones of its own, dnsdist to inject faults, unbound in between. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openResolver, readServer } from '../../adapters/dns/resolver.ts';
import { programOf } from './packages.ts';
import { freePort, startServer } from './process.ts';
import type { RunningServer } from './process.ts';

export interface DnsServer extends RunningServer {
  /** HOST:PORT */
  readonly address: string;
}

/** Zone -> its type and its data in rbldnsd's own form (rbldnsd(8)). */
export type RblZones = Readonly<
  Record<
    string,
    { readonly type: 'ip4set' | 'ip4trie' | 'ip6trie' | 'dnset' | 'generic' | 'acl'; readonly data: string }[]
  >
>;

export interface RblServer extends DnsServer {
  /** Replaces a zone's data; it is answered from once this resolves. */
  rewrite(zone: string, data: string, probe: () => Promise<boolean>): Promise<void>;
  /** Questions that reached it since it was started, by its own count. */
  questions(): Promise<number>;
}

const NOBODY = 65_534;

export async function startRbldnsd(zones: RblZones, port?: number): Promise<RblServer> {
  const folder = makeFolder('rbldnsd');
  const bound = port ?? (await freePort());
  const address = `127.0.0.1:${bound}`;
  const names = Object.entries(zones).flatMap(([zone, parts]) =>
    parts.map((part, index) => {
      const file = `${zone}.${index}`;
      writeFileSync(join(folder, file), part.data);
      return `${zone}:${part.type}:${file}`;
    }),
  );
  const program = programOf('dns', 'usr/sbin/rbldnsd');
  const asRoot = process.getuid?.() === 0 ? ['-u', `${NOBODY}:${NOBODY}`] : [];
  const server = await startServer({
    program: program.path,
    args: [...asRoot, '-n', '-c', '1h', '-b', `127.0.0.1/${bound}`, '-w', folder, ...names],
    env: program.env,
    ready: () => speaks(address),
  });
  return {
    ...server,
    address,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    questions: async () => {
      const counts = (): readonly string[] => server.output().match(/stats for \d+sec: tot=\d+/g) ?? [];
      const before = counts().length;
      server.signal('SIGUSR1');
      const { until } = await import('./process.ts');
      await until(() => Promise.resolve(counts().length > before), 5000, 'rbldnsd to say how much it was asked');
      return Number(counts().at(-1)?.split('=')[1]);
    },
    rewrite: async (zone, data, probe) => {
      writeFileSync(join(folder, `${zone}.0`), data);
      server.signal('SIGHUP');
      const { until } = await import('./process.ts');
      await until(probe, 5000, `rbldnsd to answer from the new data of ${zone}`);
    },
  };
}

/** dnsdist in front of `backend`, with rules in its own Lua (dnsdist(1)). */
export async function startDnsdist(backend: string, rules: string): Promise<DnsServer> {
  const folder = makeFolder('dnsdist');
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const config = join(folder, 'dnsdist.conf');
  writeFileSync(
    config,
    `setSecurityPollSuffix("")\nsetLocal("${address}")\nsetACL({"127.0.0.0/8"})\nnewServer({address="${backend}", healthCheckMode="up"})\n${rules}\n`,
  );
  const program = programOf('dns', 'usr/bin/dnsdist');
  const server = await startServer({
    program: program.path,
    args: ['--supervised', '-C', config],
    env: program.env,
    ready: () => speaks(address),
  });
  return { ...server, address, stop: () => stopAndClean(server, folder) };
}

/** unbound as the resolver in between; `stubs`: zone -> HOST:PORT of its authoritative server. */
export async function startUnbound(stubs: Readonly<Record<string, string>>, extra = ''): Promise<DnsServer> {
  const folder = makeFolder('unbound');
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const config = join(folder, 'unbound.conf');
  const zones = Object.entries(stubs).map(
    ([zone, at]) => `stub-zone:\n  name: "${zone}"\n  stub-addr: ${at.replace(':', '@')}\n  stub-no-cache: no\n`,
  );
  writeFileSync(
    config,
    `server:\n  interface: 127.0.0.1@${port}\n  do-daemonize: no\n  username: ""\n  chroot: ""\n  directory: "${folder}"\n  pidfile: ""\n  use-syslog: no\n  logfile: ""\n  do-not-query-localhost: no\n  do-ip6: no\n  module-config: "iterator"\n  access-control: 127.0.0.0/8 allow\n  local-zone: "test." transparent\n${extra}\n${zones.join('')}remote-control:\n  control-enable: no\n`,
  );
  const program = programOf('dns', 'usr/sbin/unbound');
  const server = await startServer({
    program: program.path,
    args: ['-d', '-c', config],
    env: program.env,
    ready: () => speaks(address),
  });
  return { ...server, address, stop: () => stopAndClean(server, folder) };
}

/** What `dig` gets: the slow, obviously right oracle. A records, or the status. */
export function dig(
  server: string,
  name: string,
  type = 'A',
): { readonly status: string; readonly data: readonly string[] } {
  const [host = '', port = ''] = server.split(':');
  const program = programOf('dns', 'usr/bin/dig');
  const run = spawnSync(
    program.path,
    [`@${host}`, '-p', port, '+noall', '+comments', '+answer', '+tries=1', '+time=3', '-q', name, '-t', type],
    {
      encoding: 'utf8',
      env: { ...process.env, ...program.env },
    },
  );
  const status = /status: (\w+)/.exec(run.stdout)?.[1] ?? 'TIMEOUT';
  const data = run.stdout
    .split('\n')
    .flatMap((line) => (line.startsWith(';') || line === '' ? [] : [line.split(/\s+/).slice(4).join(' ')]));
  return { status, data };
}

async function speaks(address: string): Promise<boolean> {
  const resolver = openResolver([readServer(address)]);
  const reply = await resolver.ask({ name: 'ready.invalid', type: 'A' }, 200);
  resolver.close();
  return reply.kind === 'answer' || (reply.why !== 'timeout' && reply.why !== 'network');
}

function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tq-${name}-`));
  chmodSync(folder, 0o755);
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

async function stopAndClean(server: RunningServer, folder: string): Promise<void> {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
