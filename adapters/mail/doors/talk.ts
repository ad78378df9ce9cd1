/** A dialogue of lines over a connection, each answer within what is left of one deadline. */
import type { Duplex } from 'node:stream';

const MOST_CHARACTERS = 65_536;

export class TalkFailed extends Error {
  /** `refused`: nothing listens there. */
  readonly kind: 'refused' | 'failed';
  constructor(kind: 'refused' | 'failed', why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'TalkFailed';
    this.kind = kind;
  }
}

export interface Talk {
  send(line: string): void;
  /** The lines up to and with the first for which `isLast` is true. Throws TalkFailed. */
  read(isLast: (line: string) => boolean): Promise<readonly string[]>;
  /** Gives the bare connection back, for TLS. */
  release(): Duplex;
}

/** `until`: performance.now() of the deadline. */
export function startTalk(stream: Duplex, until: number): Talk {
  let text = '';
  let ended: Error | undefined;
  let wake: () => void = () => {};
  const onData = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    wake();
  };
  const onEnd = (error?: Error): void => {
    ended ??= error ?? new TalkFailed('failed', 'the connection was closed');
    wake();
  };
  const closed = (): void => onEnd();
  stream.on('data', onData);
  stream.on('error', onEnd);
  stream.on('close', closed);
  stream.on('end', closed);
  return {
    send: (line) => void stream.write(`${line}\r\n`),
    async read(isLast) {
      const lines: string[] = [];
      for (;;) {
        const at = text.indexOf('\n');
        if (at >= 0) {
          const line = text.slice(0, at).replace(/\r$/, '');
          text = text.slice(at + 1);
          lines.push(line);
          if (isLast(line)) return lines;
          continue;
        }
        if (text.length > MOST_CHARACTERS || lines.length > 1000)
          throw new TalkFailed('failed', 'it talks without end');
        if (ended) throw failureOf(ended);
        const left = until - performance.now();
        if (left <= 0) throw new TalkFailed('failed', 'it did not answer in time');
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    release() {
      stream.off('data', onData);
      stream.off('error', onEnd);
      stream.off('close', closed);
      stream.off('end', closed);
      return stream;
    },
  };
}

export function failureOf(error: Error): TalkFailed {
  if (error instanceof TalkFailed) return error;
  const code: unknown = Reflect.get(error, 'code');
  return new TalkFailed(code === 'ECONNREFUSED' ? 'refused' : 'failed', error.message, { cause: error });
}
