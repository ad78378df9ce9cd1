/**
 * The resolver client: which resolvers there are, and one way in. One question's course is asking.ts, the wire is
 * quick.ts and message.ts, sockets are udp.ts.
 */
import type { Question, Resolver } from '../../src/ports/dns.ts';
import { openAlarms } from './alarms.ts';
import { ask, hear, ring } from './asking.ts';
import type { Asking, ServerLine, Try } from './asking.ts';
import { openUdp } from './udp.ts';
import type { ServerAddress } from './udp.ts';

export interface NamedServer extends ServerAddress {
  /** HOST:PORT, as it is shown. */
  readonly name: string;
}

/** Reads HOST:PORT, HOST, [V6]:PORT. Throws an Error that says what is permitted. */
export function readServer(text: string): NamedServer {
  const [, bracketed, plainHost, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+|[0-9a-fA-F]*:[0-9a-fA-F:.]+?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plainHost;
  const number = Number(port ?? 53);
  if (host === undefined || number < 1 || number > 65_535) {
    throw new Error(`${JSON.stringify(text)} is not a resolver. Write ADDRESS:PORT, such as 127.0.0.1:53 or [::1]:53.`);
  }
  return { host, port: number, name: host.includes(':') ? `[${host}]:${number}` : `${host}:${number}` };
}

export function openResolver(servers: readonly NamedServer[]): Resolver {
  const lines = servers.map((server): ServerLine => ({ server, udp: openUdp<Try>(server, hear) }));
  const alarms = openAlarms<Asking>(ring);
  const around = { lines, alarms };
  return {
    servers: servers.map((server) => server.name),
    ask: (question, deadlineMs) =>
      new Promise((resolve) => {
        ask(around, normal(question), deadlineMs, resolve);
      }),
    put: (question, deadlineMs, heard) => ask(around, normal(question), deadlineMs, heard),
    close: () => {
      alarms.close();
      for (const line of lines) line.udp.close();
    },
  };
}

/** Lower case, without the dot at the end; the same object where it is so already. */
function normal(question: Question): Question {
  const { name, type } = question;
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    if ((code >= 0x41 && code <= 0x5a) || code > 0x7f) return { name: name.toLowerCase().replace(/\.$/, ''), type };
  }
  return name.endsWith('.') ? { name: name.slice(0, -1), type } : question;
}
