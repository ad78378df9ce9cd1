/** A mail server's set-up by its own tools and the system's: postconf, exim -bP, df, find. */
import type { Mta } from '../../../src/domain/queues/snapshot.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { SetupLook } from '../../../src/ports/mail-setup.ts';

/** $1 the queue's folder, $2 the configuration's. Maps that are built from others say nothing about a change. */
const LOOK = `date +%s; df -Pk -- "$1" | tail -n 1; df -Pi -- "$1" | tail -n 1
find "$2" -maxdepth 3 -type f ! -name '*.db' ! -name '*.lmdb' ! -name '*~' ! -name '.*' -mmin -2880 -printf '%T@ %p\\n' 2>/dev/null | sort -rn | head -n 10`;
const EXIM = 'x=$(command -v exim4 || command -v exim) || exit 127; exec "$x" "$@"';

interface Facts {
  readonly queueFolder: string;
  readonly configFolder: string;
  readonly relayHost?: string;
  readonly heloName?: string;
  readonly trusted?: readonly string[];
}

export async function lookAtSetup(
  name: string,
  mta: Mta,
  host: Host,
  instances: readonly string[],
  deadlineMs: number,
): Promise<SetupLook> {
  const end = performance.now() + deadlineMs;
  const left = (): number => Math.max(1, Math.round(end - performance.now()));
  const { queueFolder, configFolder, ...told } = await factsOf(name, mta, host, instances, left());
  const ran = await host.run(['sh', '-c', LOOK, 'tourniquet', queueFolder, configFolder], { deadlineMs: left() });
  const [clock = '', blocks = '', inodes = '', ...files] = ran.out.split('\n');
  const now = Number(clock);
  const free = [freeOf(blocks), freeOf(inodes)].filter((each) => each !== undefined);
  return {
    ...told,
    ...(free.length > 0 && { diskFreePercent: Math.min(...free) }),
    changes: files.flatMap((line) => {
      const [, at, path] = /^(\d+)(?:\.\d+)? (.+)$/.exec(line) ?? [];
      if (path === undefined || !Number.isFinite(now)) return [];
      return [{ what: path, ageHours: Math.round(Math.max(0, now - Number(at)) / 360) / 10 }];
    }),
  };
}

/** `df -P`: name, all, used, free, used in per cent, where. A file system without inodes shows a hyphen. */
function freeOf(line: string): number | undefined {
  const used = / (\d+)% /.exec(line)?.[1];
  return used === undefined ? undefined : 100 - Number(used);
}

async function factsOf(
  name: string,
  mta: Mta,
  host: Host,
  instances: readonly string[],
  deadlineMs: number,
): Promise<Facts> {
  switch (mta) {
    case 'postfix': {
      const folder = instances[0] === undefined ? [] : ['-c', instances[0]];
      const names = ['queue_directory', 'config_directory', 'relayhost', 'smtp_helo_name', 'mynetworks'];
      const ran = await host.run(['postconf', ...folder, '-hx', ...names], { deadlineMs });
      const [queueFolder = '', configFolder = '', relayHost = '', heloName = '', networks] = ran.out.split('\n');
      if (ran.code !== 0 || queueFolder === '')
        throw new HostUnknown(`postconf on ${name} ended with status ${ran.code}: ${lastLine(ran.err)}`);
      const trusted = networks?.split(/[\s,]+/).filter((each) => each !== '');
      return { queueFolder, configFolder, relayHost, heloName, ...(trusted && { trusted }) };
    }
    case 'exim': {
      const names = ['spool_directory', 'configure_file', 'primary_hostname'];
      const ran = await host.run(['sh', '-c', EXIM, 'tourniquet', '-bP', ...names], { deadlineMs });
      const value = (key: string): string | undefined => new RegExp(`^${key} = (.*)$`, 'm').exec(ran.out)?.[1];
      const file = /^(\/\S+)$/m.exec(ran.out)?.[1] ?? value('configure_file');
      const queueFolder = value('spool_directory');
      if (ran.code !== 0 || queueFolder === undefined || file === undefined)
        throw new HostUnknown(`exim -bP on ${name} ended with status ${ran.code}: ${lastLine(ran.err || ran.out)}`);
      const heloName = value('primary_hostname');
      return {
        queueFolder,
        configFolder: file.slice(0, file.lastIndexOf('/')) || '/',
        ...(heloName !== undefined && { heloName }),
      };
    }
    case 'opensmtpd':
      return { queueFolder: '/var/spool/smtpd', configFolder: '/etc/mail' };
    case 'sendmail':
      return { queueFolder: '/var/spool/mqueue', configFolder: '/etc/mail' };
    case 'exchange':
      throw new HostUnknown(`The set-up of ${name} (exchange) can't be looked at from here.`);
    default:
      return mta satisfies never;
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
