import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { openMailServer } from '../../../adapters/mail/queue/listing.ts';
import { readListing } from '../../../jobs/read-dump.ts';
import type { Snapshot } from '../../../src/domain/queues/snapshot.ts';
import { describeLab } from '../../lab/packages.ts';
import { startPostfix } from '../../lab/postfix.ts';
import type { PostfixLab } from '../../lab/postfix.ts';
import { until } from '../../lab/process.ts';

describeLab('the queue of a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  let lab: PostfixLab;
  beforeAll(async () => {
    lab = await startPostfix();
  });
  afterAll(() => lab.stop());

  async function look(): Promise<Snapshot> {
    const host = openHost('mx1', (argv) => lab.box.enter(argv));
    const server = openMailServer('mx1', 'postfix', host, []);
    return (await readListing(server.listing(10_000), 'postfix', 'mx1', Date.now(), () => {})).snapshot;
  }

  it('that is empty is empty', async () => {
    expect(await look()).toMatchObject({ messages: 0, malformed: 0 });
  });

  it('is read with its senders, the null sender by its right name, and the reason why it waits', async () => {
    await lab.send('alice@example.test', ['b1@defer.test', 'b2@other.test']);
    await lab.send('', ['victim@foreign.test']);
    await until(async () => (await look()).byQueue['deferred'] === 2, 15_000, 'both to be deferred');
    expect(await look()).toMatchObject({
      messages: 2,
      recipients: 3,
      malformed: 0,
      nullSender: { messages: 1, recipientDomains: 1 },
      topSenders: [
        { sender: '', messages: 1 },
        { sender: 'alice@example.test', messages: 1 },
      ],
      topReasons: [{ reason: 'connect to <host>: Connection refused', recipients: 3 }],
    });
  });

  it('is not changed by looking', async () => {
    const before = await lab.box.must(['sh', '-c', 'find /var/spool/postfix/deferred -type f | sort']);
    await look();
    expect(await lab.box.must(['sh', '-c', 'find /var/spool/postfix/deferred -type f | sort'])).toBe(before);
  });
});
