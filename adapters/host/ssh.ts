/**
 * The system's OpenSSH, with nothing left to a configuration file: key and known_hosts are named, an unknown host is
 * refused, nobody is asked for a password, the connection is reused for a minute.
 *
 * What comes after the host goes through the far login shell; each word is quoted for it, so that it arrives as it is.
 */
export interface SshReach {
  readonly host: string;
  readonly user: string;
  readonly port: number;
  readonly keyFile: string;
  readonly knownHostsFile: string;
}

/**
 * sshd gives a user who isn't root no `sbin`, where the tools of mail servers and firewalls are. Every login shell in use
 * reads this alike (sh, zsh, csh, fish).
 */
const SURROUNDINGS = 'env PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" LC_ALL=C ';

/** `controlFolder`: where the reused connection has its socket. */
export function sshArgv(reach: SshReach, argv: readonly string[], controlFolder: string): readonly string[] {
  // Windows has neither env nor such folders.
  const prefix = argv[0] === 'powershell' ? '' : SURROUNDINGS;
  return [...sshTo(reach, [], controlFolder), `${prefix}${argv.map(quoteForShell).join(' ')}`];
}

/** Standard input and output become a connection from that host to `host` and `port` (ssh -W). */
export function sshForwardArgv(reach: SshReach, host: string, port: number, controlFolder: string): readonly string[] {
  const target = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return sshTo(reach, ['-W', target], controlFolder);
}

function sshTo(reach: SshReach, more: readonly string[], controlFolder: string): readonly string[] {
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: reach.knownHostsFile,
    IdentityFile: reach.keyFile,
    IdentitiesOnly: 'yes',
    ConnectTimeout: '8',
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    ForwardAgent: 'no',
    ControlMaster: 'auto',
    ControlPersist: '60',
    ControlPath: `${controlFolder}/%C`,
  };
  const set = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return ['ssh', '-F', 'none', '-T', ...set, ...more, '-p', String(reach.port), '-l', reach.user, '--', reach.host];
}

/** OpenSSH ends with this status for its own failures, so that the program's status isn't known (ssh(1)). */
const SSH_FAILED = 255;

/**
 * What ssh itself failed at, in words that say what to do; undefined where it was the program that failed. `started`: the
 * argv that was really started; `code` and `err`: how it ended.
 */
export function sshTrouble(name: string, started: readonly string[], code: number, err: string): string | undefined {
  if (code !== SSH_FAILED || !started.includes('ssh')) return undefined;
  const last = lastLine(err);
  const file = /UserKnownHostsFile=(\S+)/.exec(started.join(' '))?.[1] ?? 'known_hosts';
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for \S+ has changed/i.test(err))
    return `${name} shows another host key by ssh than ${file} has: it was built anew, or somebody stands in between. Nothing was asked of it. Compare its key's fingerprint by another way before you change that file.`;
  if (/No \S+ host key is known|Host key verification failed/i.test(err))
    return `${name} has no host key in ${file}, so that it can't be told from another. Put it there (ssh-keyscan, compared by another way).`;
  if (/Permission denied/i.test(err))
    return `${name} doesn't let us in by ssh (${last}). Is the key's public half in that user's authorized_keys?`;
  if (/timed out|No route to host|Network is unreachable|Connection refused|Could not resolve/i.test(err))
    return `${name} can't be reached by ssh: ${last}. Look at that host and the way to it.`;
  return `${name} can't be reached by ssh: ${last}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** POSIX: inside single quotes nothing is special but the single quote itself. */
function quoteForShell(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
