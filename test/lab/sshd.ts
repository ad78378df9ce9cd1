/** A real sshd in a box, and the keys to it. What it says of its connections is its log. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box, Inside } from './box.ts';
import { until } from './process.ts';

/** A password of `*` is none, but doesn't lock the account, as sshd would refuse it without PAM. */
const SET_UP = `mkdir -p /run/sshd && (getent passwd sshd || useradd -r -d /run/sshd -s /usr/sbin/nologin sshd) >/dev/null
useradd -m -p '*' -s /bin/sh tourniquet
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/host_key
mkdir -p /home/tourniquet/.ssh && cat > /home/tourniquet/.ssh/authorized_keys
chmod 700 /home/tourniquet/.ssh && chmod 600 /home/tourniquet/.ssh/authorized_keys
chown -R tourniquet /home/tourniquet`;

const CONFIG = `HostKey /etc/ssh/host_key
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PidFile none
LogLevel VERBOSE
`;

export interface SshServer {
  /** `ssh-ed25519 AAAA…`, for a known_hosts file. */
  readonly hostKey: string;
  /** How often somebody was let in by a key. */
  letIn(): number;
  stop(): void;
}

/** `publicKey`: whose owner is let in as the user tourniquet. */
export async function startSshd(box: Box, publicKey: string): Promise<SshServer> {
  await box.must(['sh', '-ec', SET_UP], `${publicKey}\n`);
  box.write('/etc/ssh/sshd_config', CONFIG);
  const server: Inside = box.start(['/usr/sbin/sshd', '-D', '-e', '-f', '/etc/ssh/sshd_config']);
  await until(() => server.output().includes('Server listening'), 10_000, 'sshd to listen');
  return {
    hostKey: box.read('/etc/ssh/host_key.pub').split(' ').slice(0, 2).join(' '),
    letIn: () => server.output().match(/Accepted publickey/g)?.length ?? 0,
    stop: () => server.kill('SIGKILL'),
  };
}

export interface Keys {
  readonly folder: string;
  readonly keyFile: string;
  readonly publicKey: string;
  /** A known_hosts file of these lines. */
  knownHosts(name: string, ...lines: readonly string[]): string;
  remove(): void;
}

/** A pair made inside, in a folder that all boxes share. */
export async function makeKeys(box: Box): Promise<Keys> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-ssh-'));
  const keyFile = join(folder, 'key');
  await box.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
  return {
    folder,
    keyFile,
    publicKey: readFileSync(`${keyFile}.pub`, 'utf8').trim(),
    knownHosts: (name, ...lines) => {
      const path = join(folder, name);
      writeFileSync(path, `${lines.join('\n')}\n`);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
