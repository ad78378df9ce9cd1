/**
 * How soon Teams is acknowledged: 100 activities a second with real RS256 tokens, through the real filter, botbuilder, the
 * gateway and BullMQ into a private Redis; every fifth is delivered twice. Client, platform and bot share one process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, systemRandom } from '../adapters/clock/system.ts';
import { serveEars } from '../adapters/chat/teams/http.ts';
import { openSdk } from '../adapters/chat/teams/sdk.ts';
import { openTeams } from '../adapters/chat/teams/teams.ts';
import { openLog } from '../adapters/log/log.ts';
import { startService } from '../src/compose/service.ts';
import { readSettings } from '../src/compose/settings.ts';
import { APP, TENANT, claimsFor, privateWords } from '../test/support/teams/people.ts';
import { startPlatform } from '../test/support/teams/platform.ts';
import { printTable } from './measure.ts';

const PER_SECOND = 100;
const SECONDS = 20;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-bench-'));
  const settings = { ...readSettings(undefined), dataFolder: folder, redisUrl: undefined };
  const log = await openLog({ kind: 'file', path: join(folder, 'log') }, 'error');
  const service = await startService(settings, { worker: false, scheduler: false }, log);
  const platform = await startPlatform({ tokens: false });
  const credentials = { appId: APP, tenantId: TENANT, appType: 'SingleTenant', password: 'secret' } as const;
  const sdk = openSdk({ ...credentials, metadataUrl: platform.metadataUrl });
  const teams = await openTeams({
    gateway: service.gateway,
    outbox: service.world.outbox,
    clock: systemClock,
    random: systemRandom,
    dataFolder: folder,
    credentials,
    isNamed: () => true,
    refused: () => {},
    firstTime: service.firstTime,
    keyOf: (id) => service.keyOf('teams', id),
    recall: service.recallOf('teams'),
    reachability: () => {},
    isAway: false,
    platform: { sdk, origin: platform.url },
  });
  const serve = serveEars(teams.ears);
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/api/messages`;
  const token = platform.keys.sign(claimsFor(platform.url));
  const times: number[] = [];
  let refused = 0;
  const post = async (body: string): Promise<void> => {
    const began = performance.now();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(address, { method: 'POST', headers, body });
    await response.arrayBuffer();
    times.push(performance.now() - began);
    if (response.status !== 200) refused += 1;
  };
  await post(JSON.stringify(privateWords(platform.url, 'status')));
  times.length = 0;
  const running: Promise<void>[] = [];
  const began = performance.now();
  const total = PER_SECOND * SECONDS;
  for (let index = 0; index < total; index += 1) {
    const wait = began + (index * 1000) / PER_SECOND - performance.now();
    if (wait > 1) await sleep(wait);
    const body = JSON.stringify(privateWords(platform.url, `check 9.9.9.${index % 250}`));
    running.push(post(body));
    if (index % 5 === 0) running.push(post(body));
  }
  await Promise.all(running);
  const seconds = (performance.now() - began) / 1000;
  const jobs = (await service.world.household.look()).queue?.waiting ?? Number.NaN;
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  server.closeAllConnections();
  server.close();
  await platform.close();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
  printTable(
    `Teams: acknowledgement of ${times.length} activities in ${seconds.toFixed(1)} s, a fifth delivered twice`,
    [
      ['p50 ms', 'p99 ms', 'worst ms', 'refused', 'lost', 'doubled'],
      [at(0.5), at(0.99), at(1), refused, Math.max(0, total + 1 - jobs), Math.max(0, jobs - total - 1)],
    ],
  );
}
