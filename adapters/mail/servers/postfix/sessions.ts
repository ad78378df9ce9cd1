/**
 * The open sessions of Postfix's services with logins, and whose they are, where its log tells.
 *
 * Read is only what the processes that are open now have logged; where the log can't be read, nobody's is known, and
 * why is said.
 */
import { mayBeSameLogin, readPostfixSessions } from '../../../../src/domain/logs/postfix-sessions.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import { listConnections } from '../connections.ts';
import type { Connection } from '../connections.ts';
import type { Process } from './processes.ts';
import { serviceOf } from './tools.ts';
import type { Tools } from './tools.ts';

export interface OpenSession {
  readonly connection: Connection;
  readonly process: Process;
  /** Undefined: it isn't known. */
  readonly account?: string;
}

export interface Sessions {
  readonly open: readonly OpenSession[];
  /** Why nothing is known of any; one sentence without a full stop. */
  readonly blind?: string;
}

/** $1: the log; $2: the pattern of what is wanted of it. */
const SEARCH =
  '[ -r "$1" ] || { echo "$1 can not be read" >&2; exit 77; }; tail -c 67108864 -- "$1" | grep -aE -- "$2"';
const DEADLINE_MS = 30_000;

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
  if (open.length === 0) return { open };
  try {
    const lines = await logged(
      tools,
      folder,
      open.map(({ process }) => process.pid),
    );
    const known = readPostfixSessions(lines);
    return {
      open: open.map((each) => {
        const session = known.get(each.connection.pid);
        const isSame = session !== undefined && isAt(session, each.connection.remote);
        return { ...each, ...(isSame && session.account !== undefined && { account: session.account }) };
      }),
    };
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { open, blind: error.message.replace(/\.$/, '') };
  }
}

/** The log names another login, so that it can't be this one's. */
export function isOthers({ account }: OpenSession, disabled: string): boolean {
  return account !== undefined && !mayBeSameLogin(account, disabled);
}

function isAt(session: { readonly address: string; readonly port?: string }, remote: string): boolean {
  const [, address, port] = /^\[?(.*?)\]?:(\d+)$/.exec(remote) ?? [];
  return (
    address?.replace(/^::ffff:(?=\d)/, '').replace(/%.*$/, '') === session.address &&
    (session.port === undefined || session.port === port)
  );
}

async function logged(tools: Tools, folder: string, pids: readonly number[]): Promise<readonly string[]> {
  const place = tools.options.log ?? (await tools.values(folder, 'maillog_file'))[0] ?? '';
  if (place === '')
    throw new HostUnknown(`it isn't written where ${tools.name} logs; put it under log in tourniquet.yaml`);
  const argv =
    place === 'journal'
      ? ['journalctl', '--no-pager', '--quiet', '-o', 'short-iso', '--since=-2d', ...pids.map((pid) => `_PID=${pid}`)]
      : ['sh', '-c', SEARCH, 'tourniquet', place, `/smtpd\\[(${pids.join('|')})\\]: `];
  const ran = await tools.run(argv, { deadlineMs: DEADLINE_MS });
  // 1: no such line.
  if (ran.code > 1) throw new HostUnknown(`the log of ${tools.name} can't be read: ${ran.err.trim().slice(0, 200)}`);
  return ran.out.split('\n');
}
