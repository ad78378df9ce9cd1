/** A submission server (RFC 6409) in small: greets, wants a login, takes or refuses, and keeps what it took. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type MailTrouble = 'none' | 'busy' | 'refuses' | 'no-login' | 'cut' | 'silent';

export interface SubmissionServer {
  readonly port: number;
  readonly taken: { readonly from: string; readonly to: readonly string[]; readonly data: string }[];
  trouble: MailTrouble;
  close(): Promise<void>;
}

/** `login`: user and password that must be given (AUTH PLAIN); without it none is asked for. */
export async function startSubmission(login?: { user: string; password: string }): Promise<SubmissionServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    if (made.trouble === 'silent') return;
    if (made.trouble === 'cut') {
      socket.destroy();
      return;
    }
    talk(socket, made, login);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: SubmissionServer = {
    port: (server.address() as AddressInfo).port,
    taken: [],
    trouble: 'none',
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return made;
}

function talk(socket: Socket, server: SubmissionServer, login: { user: string; password: string } | undefined): void {
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  let rest = '';
  let from = '';
  let to: string[] = [];
  let data: string[] | undefined;
  let known = login === undefined;
  say('220 submission.test ESMTP');
  const hear = (line: string): void => {
    if (data) {
      if (line !== '.') {
        data.push(line.startsWith('..') ? line.slice(1) : line);
        return;
      }
      server.taken.push({ from, to, data: data.join('\n') });
      data = undefined;
      say('250 2.0.0 queued');
      return;
    }
    const verb = line.split(/[ :]/)[0]?.toUpperCase();
    if (verb === 'EHLO') {
      say('250-submission.test');
      say('250-AUTH PLAIN');
      say('250 8BITMIME');
    } else if (verb === 'AUTH') {
      const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        .toString()
        .split('\0');
      known = user === login?.user && password === login?.password && server.trouble !== 'no-login';
      say(known ? '235 2.7.0 ok' : '535 5.7.8 authentication failed');
    } else if (!known && verb !== 'QUIT') say('530 5.7.0 authentication required');
    else if (verb === 'MAIL') {
      from = /<(.*?)>/.exec(line)?.[1] ?? '';
      to = [];
      say(server.trouble === 'busy' ? '451 4.3.2 try again later' : '250 2.1.0 ok');
    } else if (verb === 'RCPT') {
      to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
      say(server.trouble === 'refuses' ? '550 5.1.1 no such user' : '250 2.1.5 ok');
    } else if (verb === 'DATA') {
      data = [];
      say('354 go ahead');
    } else if (verb === 'STARTTLS') say('454 4.7.0 TLS not available');
    else if (verb === 'QUIT') {
      say('221 2.0.0 bye');
      socket.end();
    } else say('250 2.0.0 ok');
  };
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString();
    const lines = rest.split('\r\n');
    rest = lines.pop() ?? '';
    lines.forEach(hear);
  });
}
