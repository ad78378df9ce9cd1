/** Ends the private Redis that a killed bot has left running, so that no test leaves a process behind. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Of this data folder; nothing where none runs. What it holds is about to be removed. */
export async function endPrivateRedis(dataFolder: string): Promise<void> {
  const socket = join(dataFolder, 'redis', 'redis.sock');
  if (!existsSync(socket)) return;
  const connection = connect(socket);
  // Refused: it has ended by itself. A server that ends closes the connection.
  connection.on('error', () => {});
  connection.on('connect', () => connection.write('SHUTDOWN NOSAVE\r\n'));
  connection.resume();
  await once(connection, 'close');
}
