import { expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { openMailServer } from '../../../adapters/mail/queue/listing.ts';
import { readListing } from '../../../jobs/mail/read-dump.ts';
import { parseQueueId } from '../../../src/domain/queues/queue-id.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { keepsTheMailServerContract, rigOf } from '../../contracts/mail-server.ts';
import { startExim } from '../../lab/exim.ts';
import { describeLab } from '../../lab/packages.ts';
import { startPostfix } from '../../lab/postfix.ts';
import { until } from '../../lab/process.ts';
import { startSendmail } from '../../lab/sendmail.ts';

describeLab('the queue of a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  keepsTheMailServerContract(() => rigOf(startPostfix()), {
    reasons: /^connect to <this host>: Connection refused$/,
    goneId: 'ABCDEF12',
  });
});

describeLab('the queue of a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  keepsTheMailServerContract(() => rigOf(startExim()), { reasons: undefined, goneId: '1xVhU1-0001pt-20' });

  it('is unknown, never empty, for somebody who may not read it', async () => {
    const lab = await startExim();
    await lab.send('alice@example.test', ['b1@defer.test']);
    const nobody = openHost('mx2', (argv) =>
      lab.box.enter(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...argv]),
    );
    const read = async (): Promise<void> => {
      for await (const lines of openMailServer('mx2', 'exim', nobody, []).listing(10_000)) expect(lines).toEqual([]);
    };
    await expect(read()).rejects.toThrow(HostUnknown);
    await lab.stop();
  });

  it('that has named queues is shown with them by name, its messages too; their sum is its count', async () => {
    const lab = await startExim();
    const { box } = lab;
    await lab.send('alice@example.test', ['b1@defer.test']);
    const config = box.read('/etc/exim4/exim4.conf');
    const acl = 'acl_smtp_mail = slow\nacl_smtp_rcpt = slow\nbegin acl\nslow:\n  accept queue = slow-1\nbegin routers';
    box.write('/etc/exim4/exim4.conf', config.replace('begin routers', acl));
    await box.must(['chmod', '644', '/etc/exim4/exim4.conf']);
    for (const sender of ['', 'x@example.test'])
      await box.must(
        ['exim4', '-odi', '-bs'],
        `EHLO x\r\nMAIL FROM:<${sender}>\r\nRCPT TO:<c@far.test>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n`,
      );
    // None of these is a queue: one has no input, the other a name that no queue is given.
    await box.must(['mkdir', '-p', '/var/spool/exim4/scan', '/var/spool/exim4/-qff/input']);
    const server = openMailServer(
      'mx2',
      'exim',
      openHost('mx2', (argv) => box.enter(argv)),
      [],
    );
    const look = () => readListing(server.listing(10_000), 'exim', 'mx2', Date.now(), () => {});
    const state = () => box.must(['find', '/var/spool/exim4', '-type', 'f', '-printf', '%p %T@\\n']);
    const before = await state();
    const { snapshot, sample } = await look();
    expect(snapshot).toMatchObject({ messages: 3, malformed: 0, byQueue: { queued: 1, 'slow-1': 2 } });
    expect(await server.count?.(10_000)).toBe(3);
    const ids = sample.flatMap((text) => {
      const id = parseQueueId(text, 'exim');
      return id.kind === 'ok' ? [id.value] : [];
    });
    const envelopes = await server.envelopes(ids, 10_000);
    expect(envelopes.map((each) => each.sender).toSorted()).toEqual(['', 'alice@example.test', 'x@example.test']);
    expect(await state()).toBe(before);
    await box.must([
      'sh',
      '-c',
      'rm /usr/sbin/exipick; exim4 -qGslow-1 -Mf $(ls /var/spool/exim4/slow-1/input | sed -n "s/-H$//p" | head -n 1)',
    ]);
    expect((await look()).snapshot.byQueue).toEqual({ queued: 1, 'slow-1': 1, 'slow-1, frozen': 1 });
    await lab.stop();
  });
});

describeLab('the queue of a real Sendmail', { sets: ['sendmail', 'net'], root: true }, () => {
  it('is read from empty to full, and nothing of it is changed; who may not read it is told so', async () => {
    const lab = await startSendmail();
    const { box } = lab;
    const server = openMailServer(
      'mx5',
      'sendmail',
      openHost('mx5', (argv) => box.enter(argv)),
      [],
    );
    const look = async () =>
      (await readListing(server.listing(10_000), 'sendmail', 'mx5', Date.now(), () => {})).snapshot;
    expect(await look()).toMatchObject({ messages: 0, malformed: 0 });
    await lab.send('alice@example.test', ['b1@defer.test', 'b2@other.test']);
    await lab.send('', ['victim@foreign.test']);
    await until(
      async () => (await look()).topReasons.reduce((sum, each) => sum + each.recipients, 0) === 3,
      15_000,
      'all to wait',
    );
    const state = () => box.must(['find', '/var/spool/mqueue', '-type', 'f', '-printf', '%p %T@\\n']);
    const before = await state();
    const snapshot = await look();
    expect(snapshot).toMatchObject({
      messages: 2,
      recipients: 3,
      malformed: 0,
      byQueue: { queued: 2 },
      nullSender: { messages: 1, recipientDomains: 1 },
      topReasons: [{ reason: expect.stringContaining('Connection refused'), recipients: 3 }],
    });
    expect(snapshot.oldestSeconds).toBeLessThan(120);
    expect(await state()).toBe(before);
    const nobody = openHost('mx5', (argv) =>
      box.enter(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...argv]),
    );
    const read = async () =>
      (
        await readListing(
          openMailServer('mx5', 'sendmail', nobody, []).listing(10_000),
          'sendmail',
          'mx5',
          Date.now(),
          () => {},
        )
      ).snapshot;
    await expect(read()).rejects.toThrow(HostUnknown);
    await lab.stop();
  });
});
