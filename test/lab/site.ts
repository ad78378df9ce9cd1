/**
 * The whole site of the morning: the company with a third workstation (PC-ADMIN, where the bot runs), one public address
 * for everybody, a real Postfix behind it, the ISP's smart host (another real Postfix), names by dnsmasq, a blocklist by
 * rbldnsd, and an outside world that counts.
 *
 * Whom mail is for: `anna@office.test` is here, `customer@far.test` outside.
 */
import { startBox, wire } from './box.ts';
import type { Box, Inside } from './box.ts';
import { ADDRESSES, ADDRESSES6, LEASES, routeByDefault, settle, startCompany } from './company.ts';
import type { Company, Counter } from './company.ts';
import { settlePostfix } from './postfix.ts';

export const PUBLIC = ADDRESSES.gatewayOutside;
export const SMART_HOST = '198.51.100.25';
const ADMIN = { four: '10.77.0.14', six: '2001:db8:77::14' } as const;
/** The outside world is many servers to whoever sends to it. */
const OTHERS = ['198.51.100.31', '198.51.100.32', '198.51.100.33', '198.51.100.34'] as const;

/** What the gateway has of its own: one public address, and inbound mail for the server behind it. */
const GATEWAY_RULES = `table ip nat {
  chain out { type nat hook postrouting priority srcnat; policy accept; oifname "wan0" masquerade; }
  chain in { type nat hook prerouting priority dstnat; policy accept; iifname "wan0" tcp dport 25 dnat to ${ADDRESSES.mail}; }
}
table inet office {
  chain forward { type filter hook forward priority filter; policy accept; ct state established,related accept; }
}
`;

const MAIN_CF = `compatibility_level = 3.6
# the office's own
myhostname = mx1.office.test
mydestination = localhost, office.test
inet_interfaces = all
inet_protocols = ipv4
mynetworks = 127.0.0.0/8, 10.77.0.0/24
relayhost =
alias_maps =
alias_database =
smtpd_relay_restrictions =
    permit_mynetworks,
    # strangers may not
    reject_unauth_destination
smtpd_peername_lookup = no
maillog_file = /var/log/postfix.log
`;

const ISP_CF = `compatibility_level = 3.6
myhostname = smtp.isp.test
mydestination =
inet_interfaces = all
inet_protocols = ipv4
mynetworks = ${PUBLIC}/32
relayhost = [${ADDRESSES.outside}]
alias_maps =
alias_database =
smtpd_peername_lookup = no
maillog_file = /var/log/postfix.log
`;

/** Zone and its data: the company's address is listed, and the list is alive (RFC 5782's test point). */
const LIST = { zone: 'bl.test', data: `127.0.0.2 :127.0.0.2:test\n${PUBLIC} :127.0.0.2:spam seen\n` } as const;

export const CATALOGUE = `- {zone: ${LIST.zone}, kind: ip, families: [4], weight: high, codes: {"127.0.0.2": {meaning: spam source}}}\n`;

const NAMES = [
  '--no-resolv',
  '--no-hosts',
  '--bogus-priv',
  '--local=/test/',
  `--server=/${LIST.zone}/${ADDRESSES.outside}`,
  '--mx-host=far.test,mx.far.test,10',
  `--host-record=mx.far.test,${ADDRESSES.outside}`,
  '--mx-host=office.test,mx1.office.test,10',
  `--host-record=mx1.office.test,${PUBLIC}`,
  '--txt-record=office.test,v=spf1 a:mx1.office.test -all',
  '--txt-record=_dmarc.office.test,v=DMARC1; p=none',
];

/** Sends by itself while /run/infected exists: to the next of the servers, every fifth of a second. */
const MALWARE = `import os,smtplib,sys,time
n=0
while True:
  if not os.path.exists('/run/infected'): time.sleep(0.02); continue
  to=sys.argv[1+n%(len(sys.argv)-1)]; n+=1
  try:
    s=smtplib.SMTP(to,25,timeout=2); s.sendmail('x%d@cheap.test'%n,['victim@far.test'],'spam\\r\\n'); s.quit()
    print('sent',int(time.time()*1000),flush=True)
  except ConnectionRefusedError: print('blocked',int(time.time()*1000),flush=True)
  except (OSError,smtplib.SMTPException): print('lost',int(time.time()*1000),flush=True)
  time.sleep(0.2)`;

export interface Site {
  readonly company: Company;
  /** PC-ADMIN, on the LAN. */
  readonly admin: Box;
  readonly smartHost: Box;
  /** Whom mail has reached outside, at the server of far.test. */
  readonly outside: Counter;
  /** On PC-RECEPTION. */
  readonly malware: Malware;
  /** The same on another machine. */
  infect(member: 'mail'): Malware;
  /** Hands mail for a customer to the company's own server, as a workstation does. */
  writeToCustomer(from: 'innocent', to: string): Promise<'sent' | 'refused' | 'silence'>;
  /** Mail from outside for somebody of the company. */
  writeFromOutside(to: string): Promise<'sent' | 'refused' | 'silence'>;
  /** How many messages lie in a user's mailbox. */
  inMailbox(user: 'anna'): Promise<number>;
  /** What must be to the byte what it was: the gateway's rules, Postfix's settings and files. */
  world(): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

export interface Malware {
  go(): Promise<void>;
  pause(): Promise<void>;
  /** When each of its attempts ended so, milliseconds since 1970 UTC. */
  times(how: 'sent' | 'blocked' | 'lost'): readonly number[];
}

export async function startSite(): Promise<Site> {
  const [company, admin, smartHost] = await Promise.all([
    startCompany({ mail: ['postfix'], outside: ['dns'] }),
    startBox({ name: 'admin', sets: ['net'], resolver: ADDRESSES.gateway }),
    startBox({ name: 'isp', sets: ['net', 'postfix'] }),
  ]);
  const { gateway, infected, mail, outside } = company.boxes;
  await wire(gateway, 'lan4', admin, 'eth0');
  await gateway.must(['ip', 'link', 'set', 'lan4', 'master', 'br0', 'up']);
  await settle(admin, 'eth0', ADMIN.four, ADMIN.six);
  await routeByDefault(admin, ADDRESSES.gateway, ADDRESSES6.gateway);
  await joinSegment(outside, smartHost);
  await gateway.must(['nft', '-f', '-'], GATEWAY_RULES);
  outside.write(`/lists/${LIST.zone}`, LIST.data);
  const list = outside.start([
    'rbldnsd',
    '-u',
    '65534:65534',
    '-n',
    '-b',
    `${ADDRESSES.outside}/53`,
    '-w',
    '/lists',
    `${LIST.zone}:ip4set:${LIST.zone}`,
  ]);
  mail.write('/etc/resolv.conf', `nameserver ${ADDRESSES.gateway}\n`);
  await mail.must(['useradd', '-m', 'anna']);
  const [counter] = await Promise.all([
    company.countMail('outside', 25),
    company.startDhcp(NAMES),
    settlePostfix(mail, MAIN_CF),
    settlePostfix(smartHost, ISP_CF),
  ]);
  const engines: Inside[] = [];
  const infect = (box: Box): Malware => {
    const engine = box.start(['python3', '-c', MALWARE, ...OTHERS]);
    engines.push(engine);
    return openMalware(box, engine);
  };
  return {
    company,
    admin,
    smartHost,
    outside: counter,
    malware: infect(infected),
    infect: (member) => infect(company.boxes[member]),
    writeToCustomer: (from, to) => company.sendMail(from, ADDRESSES.mail, 25, { from: 'anna@office.test', to }),
    writeFromOutside: (to) => company.sendMail('outside', PUBLIC, 25, { from: 'customer@far.test', to }),
    inMailbox: async (user) => {
      const ran = await mail.exec(['grep', '-c', '^From ', `/var/mail/${user}`]);
      return Number(ran.out.trim() || 0);
    },
    world: async () => ({
      'nft list ruleset': await gateway.must(['nft', 'list', 'ruleset']),
      'postconf -n': await mail.must(['postconf', '-n']),
      'main.cf': mail.read('/etc/postfix/main.cf'),
      'master.cf': mail.read('/etc/postfix/master.cf'),
    }),
    stop: async () => {
      for (const each of [list, ...engines]) each.child.kill('SIGKILL');
      await Promise.all([admin.stop(), smartHost.stop(), company.stop()]);
    },
  };
}

/** The outside world and the ISP's smart host on one segment, behind the gateway's cable. */
async function joinSegment(outside: Box, smartHost: Box): Promise<void> {
  await outside.must(['ip', 'link', 'add', 'segment', 'type', 'bridge']);
  await wire(outside, 'isp0', smartHost, 'eth0');
  for (const port of ['eth0', 'isp0']) await outside.must(['ip', 'link', 'set', port, 'master', 'segment', 'up']);
  await outside.must(['ip', 'address', 'flush', 'dev', 'eth0']);
  await settle(outside, 'segment', ADDRESSES.outside, ADDRESSES6.outside);
  for (const each of OTHERS) await outside.must(['ip', 'address', 'add', `${each}/24`, 'dev', 'segment']);
  await routeByDefault(outside, ADDRESSES.gatewayOutside, ADDRESSES6.gatewayOutside);
  await settle(smartHost, 'eth0', SMART_HOST, '2001:db8:51::25');
}

function openMalware(box: Box, engine: Inside): Malware {
  return {
    go: async () => void (await box.must(['touch', '/run/infected'])),
    pause: async () => void (await box.must(['rm', '-f', '/run/infected'])),
    times: (how) => [...engine.output().matchAll(new RegExp(`^${how} (\\d+)$`, 'gm'))].map((match) => Number(match[1])),
  };
}

/** The tourniquet.yaml of this site. */
export function configOf(catalogue: string): string {
  return `sites:
  - name: hq
    addresses: [${PUBLIC}]
    sharedAddress: true
    domains: [office.test]
    servers: [mx1]
    firewall: gateway
    smartHost: { host: ${SMART_HOST}, port: 25 }
    inside: [10.77.0.0/24, "2001:db8:77::/64"]
    timezone: Europe/Berlin
servers:
  - { name: mx1, mta: postfix, reach: agent, addresses: [${ADDRESSES.mail}], helo: mx1.office.test, log: /var/log/postfix.log }
firewalls:
  - { name: gateway, kind: nftables, reach: agent, outside: [wan0] }
network:
  leases: [{ kind: dnsmasq, file: ${LEASES} }]
  resolver: ${ADDRESSES.gateway}:53
resolvers: ["${ADDRESSES.gateway}:53"]
blocklists: { catalogue: ${catalogue} }
people:
  - { name: ana, role: admin, terminal: root }
  - { name: ben, role: approver, terminal: ben }
  - { name: cem, role: approver, terminal: cem }
`;
}
