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

/** `controlFolder`: where the reused connection has its socket. */
export function sshArgv(reach: SshReach, argv: readonly string[], controlFolder: string): readonly string[] {
  return [...sshTo(reach, [], controlFolder), argv.map(quoteForShell).join(' ')];
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

/** POSIX: inside single quotes nothing is special but the single quote itself. */
function quoteForShell(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
