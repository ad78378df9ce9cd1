/**
 * A small company in network namespaces: workstations and a mail server on one LAN, a gateway, and the world outside.
 * Nothing of it can reach a real network.
 */
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

export type Member = 'gateway' | 'infected' | 'innocent' | 'mail' | 'outside';

export interface Company {
  readonly boxes: Readonly<Record<Member, Box>>;
  /** Listens on the port until the company ends; each caller is greeted as a mail server does. */
  listen(member: Member, port: number): Promise<Inside>;
  /** What became of one TCP connection. */
  connect(member: Member, address: string, port: number): Promise<'open' | 'refused' | 'silence'>;
  stop(): Promise<void>;
}

const LISTENER = `import socket,sys
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(('0.0.0.0',int(sys.argv[1]))); s.listen(64)
print('listening',flush=True)
while True:
  c,_=s.accept(); c.sendall(b'220 lab ESMTP\\r\\n'); c.close()`;

const CONNECT = `import socket,sys
s=socket.socket(); s.settimeout(1.5)
try:
  s.connect((sys.argv[1],int(sys.argv[2]))); print('open')
except (ConnectionRefusedError,ConnectionResetError): print('refused')
except (TimeoutError,OSError): print('silence')`;

export async function startCompany(): Promise<Company> {
  const names: readonly Member[] = ['gateway', 'infected', 'innocent', 'mail', 'outside'];
  const started = await Promise.all(
    names.map(async (name) => [name, await startBox({ name, sets: ['net'] })] as const),
  );
  const boxes = Object.fromEntries(started) as Record<Member, Box>;
  const { gateway, outside } = boxes;
  await gateway.must(['ip', 'link', 'add', 'br0', 'type', 'bridge']);
  const ports = { infected: 'lan1', innocent: 'lan2', mail: 'lan3' } as const;
  for (const member of ['infected', 'innocent', 'mail'] as const) {
    const box = boxes[member];
    await wire(gateway, ports[member], box, 'eth0');
    await gateway.must(['ip', 'link', 'set', ports[member], 'master', 'br0', 'up']);
    await settle(box, 'eth0', `${ADDRESSES[member]}/24`);
    await box.must(['ip', 'route', 'replace', 'default', 'via', ADDRESSES.gateway]);
  }
  await settle(gateway, 'br0', `${ADDRESSES.gateway}/24`);
  await wire(gateway, 'wan0', outside, 'eth0');
  await settle(gateway, 'wan0', `${ADDRESSES.gatewayOutside}/24`);
  await settle(outside, 'eth0', `${ADDRESSES.outside}/24`);
  await outside.must(['ip', 'route', 'replace', '10.77.0.0/24', 'via', ADDRESSES.gatewayOutside]);
  await gateway.must(['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
  return {
    boxes,
    listen: async (member, port) => {
      const inside = boxes[member].start(['python3', '-c', LISTENER, String(port)]);
      await until(() => inside.output().includes('listening'), 5000, `${member} listens on ${port}`);
      return inside;
    },
    connect: async (member, address, port) => {
      const said = (await boxes[member].must(['python3', '-c', CONNECT, address, String(port)])).trim();
      return said === 'open' || said === 'refused' ? said : 'silence';
    },
    stop: async () => {
      await Promise.all(names.map((name) => boxes[name].stop()));
    },
  };
}

async function settle(box: Box, link: string, address: string): Promise<void> {
  await box.must(['ip', 'link', 'set', 'lo', 'up']);
  await box.must(['ip', 'address', 'replace', address, 'dev', link]);
  await box.must(['ip', 'link', 'set', link, 'up']);
}
