/**
 * A small company in network namespaces: workstations and a mail server on one LAN, a gateway that gives out addresses,
 * and the world outside, which counts the mail that reaches it. Everything has IPv4 and IPv6. Nothing of it can reach a
 * real network.
 */
import type { SetName } from '../../bin/debian-packages.mjs';
import { startBox, wire } from './box.ts';
import type { Box, Inside } from './box.ts';
import { until } from './process.ts';

export const ADDRESSES = {
  gateway: '10.77.0.1',
  infected: '10.77.0.11',
  innocent: '10.77.0.12',
  mail: '10.77.0.13',
  outside: '198.51.100.2',
  gatewayOutside: '198.51.100.1',
} as const;

export const ADDRESSES6 = {
  gateway: '2001:db8:77::1',
  infected: '2001:db8:77::11',
  innocent: '2001:db8:77::12',
  mail: '2001:db8:77::13',
  outside: '2001:db8:51::2',
  gatewayOutside: '2001:db8:51::1',
} as const;

/** The names that the workstations tell the DHCP server. */
export const DHCP_NAMES = { infected: 'PC-RECEPTION', innocent: 'PC-OFFICE' } as const;

/** Where the gateway's dnsmasq keeps its leases, and its answers to clients. */
export const LEASES = '/var/lib/misc/dnsmasq.leases';

export type Member = 'gateway' | 'infected' | 'innocent' | 'mail' | 'outside';

/** Packages of a member beside those of `net`. */
export type MoreSets = Readonly<Partial<Record<Member, readonly SetName[]>>>;

export interface Company {
  readonly boxes: Readonly<Record<Member, Box>>;
  /** Listens on the port until the company ends; each caller is greeted as a mail server does. */
  listen(member: Member, port: number): Promise<Inside>;
  /** What became of one TCP connection. */
  connect(member: Member, address: string, port: number): Promise<'open' | 'refused' | 'silence'>;
  /** A connection that stays: `talk` says whether it still carries a line there and back. */
  hold(member: Member, address: string, port: number): Promise<Held>;
  /** A mail server that takes everything and counts it. */
  countMail(member: Member, port: number): Promise<Counter>;
  /** Hands one message to an SMTP server; what became of it. */
  sendMail(member: Member, address: string, port: number, mail: Mail): Promise<'sent' | 'refused' | 'silence'>;
  /**
   * Starts dnsmasq on the gateway; each workstation asks it for its address and tells its name. `names`: options with
   * which it answers for names too.
   */
  startDhcp(names?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface Mail {
  readonly from: string;
  readonly to: string;
}

export interface Counter {
  /** What came, in order: the connecting address, the envelope. */
  arrived(): readonly (Mail & { readonly peer: string })[];
}

export interface Held {
  talk(): Promise<'carried' | 'cut'>;
}

const WORKSTATIONS = ['infected', 'innocent', 'mail'] as const;

/** Echoes each line after a greeting; dual-stack. */
const LISTENER = `import socket,sys,threading
s=socket.socket(socket.AF_INET6); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1)
s.setsockopt(socket.IPPROTO_IPV6,socket.IPV6_V6ONLY,0); s.bind(('::',int(sys.argv[1]))); s.listen(64)
print('listening',flush=True)
def serve(c):
  try:
    c.sendall(b'220 lab ESMTP\\r\\n')
    while True:
      d=c.recv(999)
      if not d: break
      c.sendall(d)
  except OSError: pass
  c.close()
while True:
  c,_=s.accept(); threading.Thread(target=serve,args=(c,),daemon=True).start()`;

const CONNECT = `import socket,sys
try:
  s=socket.create_connection((sys.argv[1],int(sys.argv[2])),1.5); print('open')
except (ConnectionRefusedError,ConnectionResetError): print('refused')
except (TimeoutError,OSError): print('silence')`;

/** One line in, one line out: whether the far end echoed it. */
const HOLDER = `import socket,sys
s=socket.create_connection((sys.argv[1],int(sys.argv[2])),3); s.settimeout(1.5); f=s.makefile('rb'); f.readline()
print('held',flush=True)
for line in sys.stdin:
  try:
    s.sendall(line.encode()); print('carried' if f.readline()==line.encode() else 'cut',flush=True)
  except OSError: print('cut',flush=True)`;

const MAIL_COUNTER = `import socket,socketserver,sys
class H(socketserver.StreamRequestHandler):
  def handle(self):
    say=lambda t: self.wfile.write(t.encode()+b'\\r\\n')
    try:
      say('220 lab ESMTP'); sender=''; to=[]
      while True:
        line=self.rfile.readline()
        if not line: return
        word=line.decode('latin1').strip(); verb=word.upper()
        if verb.startswith('MAIL FROM:'): sender=word[10:].split('>')[0].strip(' <'); to=[]; say('250 ok')
        elif verb.startswith('RCPT TO:'): to.append(word[8:].split('>')[0].strip(' <')); say('250 ok')
        elif verb=='DATA':
          say('354 go on')
          while self.rfile.readline() not in (b'.\\r\\n',b''): pass
          peer=self.client_address[0].replace('::ffff:','')
          for each in to: print('mail',peer,sender or '<>',each,flush=True)
          say('250 taken')
        elif verb=='QUIT': say('221 bye'); return
        else: say('250 ok')
    except OSError: return
class S(socketserver.ThreadingTCPServer):
  address_family=socket.AF_INET6; allow_reuse_address=True; daemon_threads=True
s=S(('::',int(sys.argv[1])),H); print('listening',flush=True); s.serve_forever()`;

const SEND_MAIL = `import smtplib,sys
try:
  s=smtplib.SMTP(sys.argv[1],int(sys.argv[2]),timeout=60)
  s.sendmail(sys.argv[3],[sys.argv[4]],'Subject: lab\\r\\n\\r\\nlab\\r\\n'); print('sent')
except (ConnectionRefusedError,ConnectionResetError,smtplib.SMTPException): print('refused')
except (TimeoutError,OSError): print('silence')`;

export async function startCompany(more: MoreSets = {}): Promise<Company> {
  const names: readonly Member[] = ['gateway', 'infected', 'innocent', 'mail', 'outside'];
  const started = await Promise.all(
    names.map(async (name) => [name, await startBox({ name, sets: ['net', ...(more[name] ?? [])] })] as const),
  );
  const boxes = Object.fromEntries(started) as Record<Member, Box>;
  const { gateway, outside } = boxes;
  await gateway.must(['ip', 'link', 'add', 'br0', 'type', 'bridge']);
  const ports = { infected: 'lan1', innocent: 'lan2', mail: 'lan3' } as const;
  for (const member of WORKSTATIONS) {
    await wire(gateway, ports[member], boxes[member], 'eth0');
    await gateway.must(['ip', 'link', 'set', ports[member], 'master', 'br0', 'up']);
    await settle(boxes[member], 'eth0', ADDRESSES[member], ADDRESSES6[member]);
    await routeByDefault(boxes[member], ADDRESSES.gateway, ADDRESSES6.gateway);
  }
  await settle(gateway, 'br0', ADDRESSES.gateway, ADDRESSES6.gateway);
  await wire(gateway, 'wan0', outside, 'eth0');
  await settle(gateway, 'wan0', ADDRESSES.gatewayOutside, ADDRESSES6.gatewayOutside);
  await settle(outside, 'eth0', ADDRESSES.outside, ADDRESSES6.outside);
  await routeByDefault(gateway, ADDRESSES.outside, ADDRESSES6.outside);
  await routeByDefault(outside, ADDRESSES.gatewayOutside, ADDRESSES6.gatewayOutside);
  await gateway.must(['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
  await gateway.must(['sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding']);
  const listening = async (member: Member, script: string, port: number): Promise<Inside> => {
    const inside = boxes[member].start(['python3', '-c', script, String(port)]);
    await until(() => inside.output().includes('listening'), 10_000, `${member} listens on ${port}`);
    return inside;
  };
  const connect: Company['connect'] = async (member, address, port) => {
    const said = (await boxes[member].must(['python3', '-c', CONNECT, address, String(port)])).trim();
    return said === 'open' || said === 'refused' ? said : 'silence';
  };
  // IPv6 is there a moment later than IPv4: the bridge learns who listens to which neighbour solicitation.
  await Promise.all(
    WORKSTATIONS.map((member) =>
      until(async () => (await connect(member, ADDRESSES6.outside, 9)) === 'refused', 15_000, `${member} to have IPv6`),
    ),
  );
  return {
    boxes,
    listen: (member, port) => listening(member, LISTENER, port),
    connect,
    hold: (member, address, port) => hold(boxes[member], address, port),
    countMail: async (member, port) => {
      const inside = await listening(member, MAIL_COUNTER, port);
      return {
        arrived: () =>
          [...inside.output().matchAll(/^mail (\S+) (\S+) (\S+)$/gm)].map(([, peer = '', from = '', to = '']) => ({
            peer,
            from: from === '<>' ? '' : from,
            to,
          })),
      };
    },
    sendMail: async (member, address, port, mail) => {
      const words = ['python3', '-c', SEND_MAIL, address, String(port), mail.from, mail.to];
      const said = (await boxes[member].must(words)).trim();
      return said === 'sent' || said === 'refused' ? said : 'silence';
    },
    startDhcp: (answers) => startDhcp(boxes, answers),
    stop: async () => {
      await Promise.all(names.map((name) => boxes[name].stop()));
    },
  };
}

/** Its addresses on a cable or bridge that it has. */
export async function settle(box: Box, link: string, four: string, six: string): Promise<void> {
  await box.must(['ip', 'link', 'set', 'lo', 'up']);
  await box.must(['ip', 'address', 'replace', `${four}/24`, 'dev', link]);
  // Nobody else can have it; a tentative address would not answer for a second (RFC 4862).
  await box.must(['ip', 'address', 'replace', `${six}/64`, 'dev', link, 'nodad']);
  await box.must(['ip', 'link', 'set', link, 'up']);
}

export async function routeByDefault(box: Box, four: string, six: string): Promise<void> {
  await box.must(['ip', 'route', 'replace', 'default', 'via', four]);
  await box.must(['ip', '-6', 'route', 'replace', 'default', 'via', six]);
}

async function hold(box: Box, address: string, port: number): Promise<Held> {
  const inside = box.start(['python3', '-c', HOLDER, address, String(port)]);
  await until(() => inside.output().startsWith('held'), 10_000, `${box.name} to hold a connection to ${address}`);
  let asked = 0;
  return {
    talk: async () => {
      asked += 1;
      inside.child.stdin?.write(`line ${asked}\n`);
      const answers = (): readonly string[] => inside.output().match(/^(?:carried|cut)$/gm) ?? [];
      await until(() => answers().length >= asked, 10_000, 'the held connection to carry or be cut');
      return answers()[asked - 1] === 'carried' ? 'carried' : 'cut';
    },
  };
}

/** The workstations keep their fixed addresses: dnsmasq gives each network card the one it has. */
async function startDhcp(boxes: Readonly<Record<Member, Box>>, answers?: readonly string[]): Promise<void> {
  const { gateway } = boxes;
  const fixed = await Promise.all(
    (['infected', 'innocent'] as const).map(async (member) => {
      const mac = (await boxes[member].must(['cat', '/sys/class/net/eth0/address'])).trim();
      return `--dhcp-host=${mac},${ADDRESSES[member]}`;
    }),
  );
  gateway.write(LEASES, '');
  await gateway.must(['chmod', '666', LEASES]);
  const server = gateway.start([
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--user=root',
    ...(answers ?? ['--port=0']),
    '--interface=br0',
    '--bind-interfaces',
    '--dhcp-range=10.77.0.100,10.77.0.199,1h',
    `--dhcp-leasefile=${LEASES}`,
    '--log-facility=-',
    ...fixed,
  ]);
  await until(() => server.output().includes('DHCP, IP range'), 10_000, 'dnsmasq to give out addresses');
  for (const member of ['infected', 'innocent'] as const) {
    const words = ['-i', 'eth0', '-n', '-q', '-t', '8', '-T', '1', '-s', '/bin/true'];
    await boxes[member].must(['busybox', 'udhcpc', ...words, '-x', `hostname:${DHCP_NAMES[member]}`]);
  }
}
