/** Which driver carries out a measure on a configured mail server. */
import { openHostFiles } from '../../../adapters/host/files.ts';
import { openExchange } from '../../../adapters/mail/servers/exchange/driver.ts';
import { exchangeSpool } from '../../../adapters/mail/servers/exchange/queue.ts';
import { openCleanMeasure } from '../../../adapters/mail/servers/clean-measure.ts';
import { openExim } from '../../../adapters/mail/servers/exim/driver.ts';
import { openOpensmtpd } from '../../../adapters/mail/servers/opensmtpd/driver.ts';
import { openSendmail } from '../../../adapters/mail/servers/sendmail/driver.ts';
import { openPostfix } from '../../../adapters/mail/servers/postfix/driver.ts';
import type { SmartHostOptions } from '../../../adapters/mail/servers/options.ts';
import type { ServerConfig } from '../../config/schema.ts';
import type { MeasureKind } from '../../domain/measures/order.ts';
import type { MeasureDriver, MeasureDrivers } from '../../ports/measures.ts';
import { hostOf } from '../hosts/hosts.ts';
import { mailServerOf, scriptsOf } from '../hosts/mail-servers.ts';
import type { Settings } from '../settings.ts';

type Found = ReturnType<MeasureDrivers['find']>;

export function mailDriver(server: ServerConfig, kind: MeasureKind, settings: Settings): Found {
  return (
    opened(server, kind, settings) ?? {
      refused: `${kind} is not there yet for ${server.mta}`,
      remedy: `do it by hand on ${server.name}: docs/measures-mail.md has the commands ("By hand")`,
    }
  );
}

function opened(server: ServerConfig, kind: MeasureKind, settings: Settings): MeasureDriver | undefined {
  const host = hostOf(server, settings.dataFolder);
  const files = openHostFiles(server.name, host);
  const smartHost = smartHostOf(server, settings);
  const options = {
    name: server.name,
    instances: server.instances,
    pagerLeavesHere: server.pagerLeavesHere,
    mail: mailServerOf(server, host),
    ...(server.log !== undefined && { log: server.log }),
    ...(smartHost && { smartHost }),
  };
  switch (server.mta) {
    case 'postfix':
      return openPostfix(options, kind, host, files, () => Date.now());
    case 'exim':
      return openExim(options, kind, host, files, () => Date.now());
    case 'exchange':
      return kind === 'clean-queue'
        ? openCleanMeasure(exchangeSpool(server.name, host, scriptsOf(server), options.mail))
        : openExchange({ ...options, scripts: scriptsOf(server) }, host);
    case 'opensmtpd':
      return openOpensmtpd(options, kind, host, files, () => Date.now());
    case 'sendmail':
      return openSendmail(options, kind, host, files);
    default:
      return server.mta satisfies never;
  }
}

/** The server's own, else that of the site it belongs to. */
function smartHostOf(server: ServerConfig, settings: Settings): SmartHostOptions | undefined {
  const site = settings.config.sites.find((each) => each.servers.includes(server.name));
  const found = server.smartHost ?? (typeof site?.smartHost === 'object' ? site.smartHost : undefined);
  if (!found) return undefined;
  const host = typeof found.host === 'string' ? found.host : found.host.text;
  return { host, port: found.port, ...(found.userFile !== undefined && { loginFile: found.userFile }) };
}
