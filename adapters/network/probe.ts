/** One TCP connection, tried from here. */
import { connect } from 'node:net';
import type { Probe } from '../../src/ports/hands.ts';

const PATIENCE_MS = 4000;

export const tcpProbe: Probe = {
  connect: (host, port) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, timeout: PATIENCE_MS });
      const end = (result: 'open' | 'refused' | 'unknown'): void => {
        socket.destroy();
        resolve(result);
      };
      socket.once('connect', () => end('open'));
      socket.once('timeout', () => end('refused'));
      socket.once('error', (error: NodeJS.ErrnoException) =>
        end(
          error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' || error.code === 'EHOSTUNREACH'
            ? 'refused'
            : 'unknown',
        ),
      );
    }),
};
