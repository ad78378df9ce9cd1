/**
 * Open sessions that the daemon has taken in: each is a process of its own, which delivers what it takes by the
 * configuration that it began with, whatever the daemon has been told since. So those of before are ended.
 */
import { endConnections, listConnections } from '../connections.ts';
import type { Connection } from '../connections.ts';
import { changedAt, lookAtProcesses } from '../processes.ts';
import type { SendmailTools } from './tools.ts';

/** Of the processes that began before the file at `path` was changed. */
export async function sessionsOfBefore(tools: SendmailTools, path: string): Promise<readonly Connection[]> {
  const { name, host } = tools;
  const ports = new Set((await tools.daemons()).map(({ port }) => port));
  const taken = (await listConnections(name, host)).filter(
    ({ program, local }) => program.startsWith('sendmail') && ports.has(local.split(':').at(-1) ?? ''),
  );
  if (taken.length === 0) return [];
  const changed = await changedAt(name, host, path);
  const before = (await lookAtProcesses(name, host)).filter(({ began }) => began.earliest < changed);
  return taken.filter(({ pid }) => before.some((each) => String(each.pid) === pid));
}

export async function endSessionsOfBefore(tools: SendmailTools, path: string, fence: number): Promise<void> {
  const [first] = await sessionsOfBefore(tools, path);
  if (first) await endConnections(tools.name, tools.host, first.program, () => sessionsOfBefore(tools, path), fence);
}
