/**
 * Unpacks Debian packages into a private cache: nothing is installed or started on this system, no root is needed.
 *
 *   node bin/debian-packages.mjs SET [--json]      SET: redis, dns, postfix, exim, opensmtpd, sendmail, dovecot, ssh, net
 *
 * What apt would install for a set (and isn't installed here) is downloaded and unpacked by dpkg. A set that is there is
 * found in milliseconds. It runs under Node 20 or later, before the project's own packages are there.
 *
 * @typedef {{ root: string, env: Record<string, string> }} UnpackedSet
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Each group is resolved by itself. Packages that own the same paths (two MTAs own `sendmail`) stand in sets of their own,
 * which are laid over a root file system one at a time.
 */
const SETS = {
  redis: [['redis-server']],
  dns: [['rbldnsd'], ['dnsdist'], ['unbound'], ['bind9-dnsutils'], ['dnsperf']],
  postfix: [['postfix', 'postfix-pcre']],
  exim: [['exim4-daemon-heavy']],
  opensmtpd: [['opensmtpd']],
  sendmail: [['sendmail-bin', 'sendmail-cf', 'm4']],
  dovecot: [['dovecot-imapd', 'dovecot-pop3d']],
  ssh: [['openssh-server'], ['openssh-client']],
  net: [['nftables'], ['iproute2'], ['conntrack'], ['iptables'], ['ipset'], ['dnsmasq-base'], ['udhcpc']],
};

/** Changes when the same packages are unpacked in another way. */
const LAYOUT = 2;

const OTHERWISE = {
  redis: 'Debian: apt-get install redis-server; Fedora: dnf install redis; macOS: brew install redis.',
  dns: 'Debian: apt-get install rbldnsd dnsdist unbound bind9-dnsutils dnsperf; Fedora: dnf install rbldnsd dnsdist unbound bind-utils; macOS: not all of them exist.',
  postfix: 'Debian: apt-get install apt dpkg, the rest comes by itself; elsewhere the mail lab is left out.',
  exim: 'Debian: apt-get install apt dpkg, the rest comes by itself; elsewhere the mail lab is left out.',
  opensmtpd: 'Debian: apt-get install apt dpkg, the rest comes by itself; elsewhere the mail lab is left out.',
  sendmail: 'Debian: apt-get install apt dpkg, the rest comes by itself; elsewhere the mail lab is left out.',
  dovecot: 'Debian: apt-get install apt dpkg, the rest comes by itself; elsewhere the mail lab is left out.',
  ssh: 'Debian: apt-get install apt dpkg, the rest comes by itself; elsewhere the ssh lab is left out.',
  net: 'Debian: apt-get install nftables iproute2 conntrack; Fedora: dnf install nftables iproute conntrack-tools; macOS: none of them exist.',
};

/**
 * @param {keyof typeof SETS} name
 * @param {(line: string) => void} say
 * @returns {UnpackedSet}
 */
export function ensureSet(name, say = (line) => process.stderr.write(`tourniquet: ${line}\n`)) {
  const groups = SETS[name];
  if (!groups)
    throw new Error(`There is no set of packages called ${name}; there are ${Object.keys(SETS).join(', ')}.`);
  const base = join(
    process.env.TOURNIQUET_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tourniquet'),
    'debian',
  );
  const root = join(
    base,
    `${name}-${createHash('sha256')
      .update(JSON.stringify([LAYOUT, groups, process.arch]))
      .digest('hex')
      .slice(0, 12)}`,
  );
  if (!existsSync(join(root, '.complete'))) fetchSet(name, groups, base, root, say);
  return { root, env: environmentOf(root) };
}

/** @returns {Record<string, string>} */
function environmentOf(root) {
  const triplets = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].filter((triplet) =>
    existsSync(join(root, 'usr', 'lib', triplet)),
  );
  const libraries = triplets.map((triplet) => join(root, 'usr', 'lib', triplet));
  const extra = triplets
    .map((triplet) => join(root, 'usr', 'lib', triplet, 'samba'))
    .filter((folder) => existsSync(folder));
  return { LD_LIBRARY_PATH: [...libraries, join(root, 'usr', 'lib'), ...extra].join(':') };
}

function fetchSet(name, groups, base, root, say) {
  if (!existsSync('/etc/debian_version') || !has('apt-get') || !has('dpkg-deb')) {
    throw new Error(`The servers of the set "${name}" are missing and this is no Debian. ${OTHERWISE[name]}`);
  }
  mkdirSync(base, { recursive: true });
  const work = mkdtempSync(join(base, '.fetching-'));
  try {
    const apt = aptOptions(base, say);
    const wanted = new Set(groups.flatMap((group) => packagesFor(group, apt, name)));
    say(`fetching ${wanted.size} Debian packages for "${name}" (unpacked privately, nothing is installed) …`);
    run('apt-get', [...apt, 'download', ...wanted], work, name);
    const unpacked = join(work, 'root');
    mkdirSync(unpacked);
    for (const file of readdirSync(work).filter((each) => each.endsWith('.deb'))) {
      run('dpkg-deb', ['-x', file, unpacked], work, name);
      rmSync(join(work, file));
    }
    mergeIntoUsr(unpacked);
    writeFileSync(join(unpacked, '.complete'), `${[...wanted].join('\n')}\n`);
    try {
      renameSync(unpacked, root);
    } catch (error) {
      // Somebody else was quicker; theirs is as good.
      if (!existsSync(join(root, '.complete'))) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** On today's Debian /bin, /sbin and /lib are links into /usr; a real folder of that name would hide them in an overlay. */
function mergeIntoUsr(root) {
  for (const name of ['bin', 'sbin', 'lib', 'lib64'].filter((each) => existsSync(join(root, each)))) {
    cpSync(join(root, name), join(root, 'usr', name), { recursive: true, verbatimSymlinks: true });
    rmSync(join(root, name), { recursive: true });
  }
}

/** The system's package lists where they are fresh, else lists of our own. */
function aptOptions(base, say) {
  const quiet = [
    '-q',
    '-y',
    '-o',
    'APT::Install-Recommends=false',
    ...(process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []),
  ];
  const system = '/var/lib/apt/lists';
  const fresh = (folder) =>
    existsSync(folder) &&
    readdirSync(folder).some(
      (file) => /_Packages(\.\w+)?$/.test(file) && Date.now() - statSync(join(folder, file)).mtimeMs < 14 * 86_400_000,
    );
  if (fresh(system)) return quiet;
  const lists = join(base, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const own = [...quiet, '-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${join(base, 'apt')}`];
  mkdirSync(join(base, 'apt', 'archives', 'partial'), { recursive: true });
  if (!fresh(lists)) {
    say('reading the lists of Debian packages …');
    run('apt-get', [...own, 'update'], base, 'redis');
  }
  return own;
}

/** What apt would install, found by simulation; a package that is installed already is fetched all the same. */
function packagesFor(group, apt, name) {
  const simulated = run('apt-get', [...apt, '-s', '-o', 'Debug::NoLocking=true', 'install', ...group], '/', name);
  const needed = [...simulated.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
  return [...new Set([...group, ...needed])];
}

function run(program, words, cwd, name) {
  const done = spawnSync(program, words, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (done.status !== 0) {
    const why = (done.stderr || done.error?.message || '').trim().split('\n').at(-1);
    throw new Error(`${program} ${words.find((word) => /^[a-z]/.test(word)) ?? ''} failed: ${why}. ${OTHERWISE[name]}`);
  }
  return done.stdout;
}

function has(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const set = ensureSet(process.argv[2] ?? '');
    process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(set)}\n` : `${set.root}\n`);
  } catch (error) {
    process.stderr.write(`tourniquet: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 69;
  }
}
