/**
 * The sessions that Exim's daemon has taken in, and whose they are, where its main log tells.
 *
 * Read is only what the processes that are open now have taken in; where the log can't be read, nobody's is known, and
 * why is said.
 */
import { eximPid, readEximSessions } from '../../../../src/domain/logs/exim-sessions.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import { listConnections } from '../connections.ts';
import type { Connection } from '../connections.ts';
import { searchLog } from '../log-search.ts';
import { lookAtProcesses } from '../processes.ts';
import type { Sessions } from '../whose-sessions.ts';
import type { EximTools } from './tools.ts';

/** Where inetd starts a process for each session. */
const USUAL_PORTS = ['25', '465', '587'];

/** The connections to a port that the daemon listens on. */
export async function openConnections(tools: EximTools): Promise<readonly Connection[]> {
  const daemons = await tools.daemons();
  const ports = new Set(daemons.length === 0 ? USUAL_PORTS : daemons.map((each) => each.port));
  const all = await listConnections(tools.name, tools.host);
  return all.filter((each) => each.program.startsWith('exim') && ports.has(each.local.split(':').at(-1) ?? ''));
}

export async function listSessions(tools: EximTools): Promise<Sessions> {
  const connections = await openConnections(tools);
  if (connections.length === 0) return { open: [] };
  const processes = new Map((await lookAtProcesses(tools.name, tools.host)).map((each) => [String(each.pid), each]));
  const open = connections.flatMap((connection) => {
    const process = processes.get(connection.pid);
    return process ? [{ connection, pid: process.pid, began: process.began }] : [];
  });
  try {
    const pids = open.map(({ pid }) => pid);
    const ids = pids.map((pid) => eximPid(pid).padStart(6, '0')).join('|');
    const lines = await searchLog(tools, await mainLog(tools), pids, `-0*(${ids})-[0-9A-Za-z]{2,4} <= `);
    const logins = readEximSessions(lines, new Map(open.map(({ pid, began }) => [pid, began.earliest])));
    return { open: open.map((each) => ({ ...each, logins: [...(logins.get(each.pid) ?? [])] })) };
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { open: open.map((each) => ({ ...each, logins: [] })), blind: error.message.replace(/\.$/, '') };
  }
}

/** `log_file_path` may name several, `%s` stands for the log's name (spec.txt, "Where the logs are written"). */
async function mainLog(tools: EximTools): Promise<string> {
  if (tools.options.log !== undefined) return tools.options.log;
  const paths = (await tools.option('log_file_path')).split(/\s*:\s*/).map((each) => each.replace('%s', 'main'));
  return paths.find((each) => each.startsWith('/') && !each.includes('%')) ?? '';
}
