import { join } from 'node:path';

/** Where a running console of this data folder says how it is reached. */
export function addressFile(dataFolder: string): string {
  return join(dataFolder, 'console.address');
}
