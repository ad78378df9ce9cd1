import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { sshArgv } from '../../../adapters/host/ssh.ts';
import { openMailServer } from '../../../adapters/mail/queue/listing.ts';
import { readListing } from '../../../jobs/mail/read-dump.ts';
import { parseQueueId } from '../../../src/domain/queues/queue-id.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import { startBox, wire } from '../../lab/box.ts';
import type { Box } from '../../lab/box.ts';
import { describeLab } from '../../lab/packages.ts';
import { startPostfix } from '../../lab/postfix.ts';
import type { MailLab } from '../../lab/postfix.ts';
import { until } from '../../lab/process.ts';
import { makeKeys, startSshd } from '../../lab/sshd.ts';
import type { Keys, SshServer } from '../../lab/sshd.ts';

const TQ = join(import.meta.dirname, '../../../bin/tq');

describeLab('a real Postfix by way of a real sshd', { sets: ['postfix', 'ssh', 'net', 'redis'], root: true }, () => {
  let lab: MailLab;
  let office: Box;
  let keys: Keys;
  let sshd: SshServer;
  let sockets: string;
  let known: string;
  beforeAll(async () => {
    [lab, office] = await Promise.all([
      startPostfix({ sets: ['ssh'] }),
      startBox({ name: 'office', sets: ['ssh', 'net'] }),
    ]);
    await wire(lab.box, 'eth0', office, 'eth0');
    await lab.box.must(['ip', 'address', 'add', '10.9.0.1/24', 'dev', 'eth0']);
    // Nobody has 10.9.0.9: what is sent there is dropped.
    await office.must([
      'sh',
      '-ec',
      'ip address add 10.9.0.2/24 dev eth0; ip neighbour add 10.9.0.9 lladdr 02:00:00:00:00:09 dev eth0',
    ]);
    keys = await makeKeys(office);
    sshd = await startSshd(lab.box, keys.publicKey);
    known = keys.knownHosts('known', `10.9.0.1 ${sshd.hostKey}`);
    sockets = mkdtempSync(join(tmpdir(), 'tq-s-'));
    for (const sender of ['alice@example.test', '']) await lab.send(sender, ['b1@defer.test']);
    await until(
      async () => (await lab.box.must(['postqueue', '-j'])).split('"deferred"').length === 3,
      20_000,
      'both to be deferred',
    );
  });
  afterAll(async () => {
    await Promise.all([lab.stop(), office.stop()]);
    keys.remove();
    rmSync(sockets, { recursive: true, force: true });
  });

  function host(over: { knownHostsFile?: string; keyFile?: string; host?: string; sockets?: string } = {}): Host {
    const reach = {
      host: over.host ?? '10.9.0.1',
      user: 'tourniquet',
      port: 22,
      keyFile: over.keyFile ?? keys.keyFile,
      knownHostsFile: over.knownHostsFile ?? known,
    };
    return openHost('mx1', (argv) => office.enter(sshArgv(reach, argv, over.sockets ?? sockets)));
  }

  const look = async (by: Host, deadlineMs = 15_000) =>
    (
      await readListing(
        openMailServer('mx1', 'postfix', by, []).listing(deadlineMs),
        'postfix',
        'mx1',
        Date.now(),
        () => {},
      )
    ).snapshot;

  it('its queue is read, and nothing of it is changed', async () => {
    const files = (): Promise<string> => lab.box.must(['find', lab.spool, '-type', 'f', '-printf', '%p %T@\\n']);
    const before = await files();
    expect(await look(host())).toMatchObject({
      messages: 2,
      malformed: 0,
      nullSender: { messages: 1 },
      topReasons: [{ reason: 'connect to <this host>: Connection refused', recipients: 2 }],
    });
    expect(await files()).toBe(before);
  });

  it('the connection is used again: the second look logs in no second time', async () => {
    await look(host());
    const before = sshd.letIn();
    expect(before).toBeGreaterThan(0);
    await look(host());
    expect(sshd.letIn()).toBe(before);
  });

  it('what the far user may not do is told, and is no empty answer', async () => {
    const [id] = (await look(host())).oldest.map((each) => parseQueueId(each.id, 'postfix'));
    const ids = id?.kind === 'ok' ? [id.value] : [];
    await expect(openMailServer('mx1', 'postfix', host(), []).envelopes(ids, 15_000)).rejects.toThrow(HostUnknown);
  });

  it('another host key than the known one: nothing is asked, and it says so', async () => {
    const other = await makeKeys(office);
    const wrong = keys.knownHosts('wrong', `10.9.0.1 ${other.publicKey}`);
    other.remove();
    const before = sshd.letIn();
    const fresh = { knownHostsFile: wrong, sockets: join(sockets, 'none') };
    await expect(look(host(fresh))).rejects.toThrow(
      `mx1 shows another host key by ssh than ${wrong} has: it was built anew, or somebody stands in between`,
    );
    await expect(host(fresh).run(['true'], { deadlineMs: 15_000 })).rejects.toThrow('shows another host key');
    expect(sshd.letIn()).toBe(before);
  });

  it('a host key that nobody has vouched for is refused', async () => {
    const empty = keys.knownHosts('empty', '');
    await expect(look(host({ knownHostsFile: empty, sockets: join(sockets, 'none') }))).rejects.toThrow(
      `mx1 has no host key in ${empty}`,
    );
  });

  it('a key that the host does not know is told as that', async () => {
    const stranger = await makeKeys(office);
    await expect(look(host({ keyFile: stranger.keyFile, sockets: join(sockets, 'none') }))).rejects.toThrow(
      "mx1 doesn't let us in by ssh",
    );
    stranger.remove();
  });

  it('a host that does not answer is unknown within the deadline', async () => {
    const began = performance.now();
    await expect(look(host({ host: '10.9.0.9' }), 1500)).rejects.toThrow(HostUnknown);
    expect(performance.now() - began).toBeLessThan(6000);
  });

  it('in a triage, a host that does not answer is named, and the other one answers', async () => {
    const data = mkdtempSync(join(tmpdir(), 'tq-ssh-data-'));
    const reach = (address: string): string =>
      `{ssh: {host: ${address}, user: tourniquet, keyFile: ${keys.keyFile}, knownHostsFile: ${known}}}`;
    writeFileSync(
      join(data, 'tourniquet.yaml'),
      `sites: [{name: hq, servers: [mx1, mx2]}]
servers:
  - {name: mx1, mta: postfix, reach: ${reach('10.9.0.1')}}
  - {name: mx2, mta: postfix, reach: ${reach('10.9.0.9')}}
resolvers: ["127.0.0.1:5353"]
`,
    );
    const triage = async (seconds: number) => {
      const words = ['triage', 'hq', '--json', '--timeout', String(seconds), '--config', join(data, 'tourniquet.yaml')];
      const ran = await office.exec(['env', `TOURNIQUET_DATA=${data}`, TQ, ...words]);
      expect(ran.out, ran.err).not.toBe('');
      const looks: { name: string; state: string; ms: number }[] = JSON.parse(ran.out).looks;
      // By its own clock: what starts the program on a busy machine is not the deadline's.
      expect(Math.max(...looks.map((each) => each.ms))).toBeLessThan(seconds * 1000);
      return JSON.parse(ran.out);
    };
    const of1 = expect.objectContaining({ name: 'queue of mx1', state: 'taken' });
    let said = await triage(8);
    // Ssh to mx1 itself may take that long on a busy machine.
    if (!said.looks.some((each: unknown) => of1.asymmetricMatch(each))) said = await triage(60);
    expect(said.looks).toContainEqual(of1);
    expect(said.looks).toContainEqual(expect.objectContaining({ name: 'queue of mx2', state: 'failed' }));
    expect(said.failedLooks.join('\n')).toMatch(
      /queue of mx2: postqueue on mx2 did not end within|queue of mx2: mx2 can't be reached by ssh/,
    );
    expect(said.verdict).not.toBe('healthy');
    rmSync(data, { recursive: true, force: true });
  });
});
