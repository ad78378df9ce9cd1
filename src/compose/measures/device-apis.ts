/** The web interface of a configured firewall. */
import { readFileSync } from 'node:fs';
import { openDeviceApi } from '../../../adapters/device-api/client.ts';
import type { FirewallConfig } from '../../config/schema.ts';
import type { DeviceApi } from '../../ports/device-api.ts';

type Refused = { readonly refused: string; readonly remedy: string };

/** The credentials' file holds one line, USER:SECRET; it is read when the firewall is first asked for. */
export function deviceApiOf(firewall: FirewallConfig): DeviceApi | Refused {
  const { name, url, credentialsFile, caFile } = firewall;
  if (url === undefined || credentialsFile === undefined)
    return {
      refused: `it isn't known how ${name} (${firewall.kind}) is reached`,
      remedy: 'write its url and a credentialsFile in tourniquet.yaml',
    };
  try {
    const line = readFileSync(credentialsFile, 'utf8').split('\n')[0]?.trim() ?? '';
    const colon = line.indexOf(':');
    if (colon < 1) return { refused: `${credentialsFile} has no credentials`, remedy: 'write one line, USER:SECRET' };
    const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
    const [user, secret] = [line.slice(0, colon), line.slice(colon + 1)];
    return openDeviceApi({ name, url, user, secret, ...(ca !== undefined && { ca }) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { refused: `the credentials of ${name} can't be read (${why})`, remedy: 'let this user read that file' };
  }
}
