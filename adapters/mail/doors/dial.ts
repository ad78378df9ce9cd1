/** A connection: from here, or from a server's own network through its ssh (`ssh -W`, ssh(1)). */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TalkFailed, failureOf } from './talk.ts';

export interface Dialled {
  readonly stream: Duplex;
  /** The far end is this machine. */
  readonly sameMachine: boolean;
  /** The address that this end has; undefined where it is another host's. */
  readonly from?: string;
  close(): void;
}

export async function dialFromHere(host: string, port: number, until: number): Promise<Dialled> {
  const socket = connect({ host, port });
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new TalkFailed('failed', 'the connection was not made in time')),
        Math.max(1, until - performance.now()),
      );
      socket.once('error', (error) => {
        clearTimeout(timer);
        reject(failureOf(error));
      });
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.on('error', () => {});
  const from = socket.localAddress?.replace(/^::ffff:/, '');
  return {
    stream: socket,
    sameMachine: isSameMachine(socket),
    ...(from !== undefined && { from }),
    close: () => socket.destroy(),
  };
}

function isSameMachine(socket: Socket): boolean {
  return socket.remoteAddress === socket.localAddress || /^(?:::ffff:)?127\./.test(socket.remoteAddress ?? '');
}

/** `argv`: ssh with `-W HOST:PORT`, its standard input and output being the connection. */
export function dialThrough(argv: readonly string[]): Dialled {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < 2000) errors += chunk.toString();
  });
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      // That nobody reads any more shows when it ends, with why.
      child.stdin.write(chunk, () => done());
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  // Only now has all been heard that ssh says of it; its output ends a moment before.
  child.once('close', () => {
    const why = errors.trim().split('\n').at(-1) ?? '';
    stream.destroy(new TalkFailed(/refused/i.test(why) ? 'refused' : 'failed', why || 'the connection was closed'));
  });
  // Nobody may be listening when it ends; unheard, that would end the whole process.
  stream.on('error', () => {});
  child.stdin.on('error', () => {});
  child.once('error', (error) => stream.destroy(failureOf(error)));
  return {
    stream,
    sameMachine: false,
    close: () => {
      child.kill('SIGKILL');
      // A reused ssh connection holds the other ends until the far server hangs up, and would keep this process alive.
      for (const end of [child.stdin, child.stdout, child.stderr]) end.destroy();
    },
  };
}
