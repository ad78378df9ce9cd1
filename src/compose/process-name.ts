import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Names this process among all that share a Redis; in a container, where each is process 1, the start tells them apart. */
export const PROCESS_NAME = `${hostname()}/${process.pid}-${randomBytes(2).toString('hex')}`;
