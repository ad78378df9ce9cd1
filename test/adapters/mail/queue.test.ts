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

describeLab('the queue of a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  keepsTheMailServerContract(() => rigOf(startPostfix()), {
    reasons: /^connect to <host>: Connection refused$/,
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
