/**
 * The open sessions of Postfix's services with logins, and whose they are, where its log tells.
 *
 * Read is only what the processes that are open now have logged; where the log can't be read, nobody's is known, and
 * why is said.
 */
import { readPostfixSessions } from '../../../../src/domain/logs/postfix-sessions.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import { listConnections } from '../connections.ts';
import type { Sessions } from '../whose-sessions.ts';
import { searchLog } from '../log-search.ts';
import { serviceOf } from './tools.ts';
import type { Tools } from './tools.ts';

/** Established connections of the smtpds of these services. */
export async function openConnections(tools: Tools, folder: string, services: readonly string[]) {
  const processes = (await tools.processes(folder)).filter((each) =>
    services.includes(serviceOf(each.args, 'smtpd') ?? ''),
  );
  if (processes.length === 0) return [];
  return (await listConnections(tools.name, tools.host)).flatMap((connection) => {
    const process = processes.find((each) => String(each.pid) === connection.pid);
    return process ? [{ connection, process }] : [];
  });
}

export async function listSessions(tools: Tools, folder: string, services: readonly string[]): Promise<Sessions> {
  const open = await openConnections(tools, folder, services);
  try {
    const lines = await logged(
      tools,
      folder,
      open.map(({ process }) => process.pid),
    );
    const known = readPostfixSessions(lines);
    return {
      open: open.map(({ connection, process }) => {
        const session = known.get(connection.pid);
        const isSame = session !== undefined && isAt(session, connection.remote);
        const logins = isSame && session.account !== undefined ? [session.account] : [];
        return { connection, began: process.began, logins };
      }),
    };
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    const blind = error.message.replace(/\.$/, '');
    return { open: open.map(({ connection, process }) => ({ connection, began: process.began, logins: [] })), blind };
  }
}

function isAt(session: { readonly address: string; readonly port?: string }, remote: string): boolean {
  const [, address, port] = /^\[?(.*?)\]?:(\d+)$/.exec(remote) ?? [];
  return (
    address?.replace(/^::ffff:(?=\d)/, '').replace(/%.*$/, '') === session.address &&
    (session.port === undefined || session.port === port)
  );
}

async function logged(tools: Tools, folder: string, pids: readonly number[]): Promise<readonly string[]> {
  if (pids.length === 0) return [];
  const place = tools.options.log ?? (await tools.values(folder, 'maillog_file'))[0] ?? '';
  return searchLog(tools, place, pids, `/smtpd\\[(${pids.join('|')})\\]: `);
}
