/** What every mail server's reader must do, on the real server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHost } from '../../adapters/host/process.ts';
import { openMailServer } from '../../adapters/mail/queue/listing.ts';
import { readListing } from '../../jobs/read-dump.ts';
import { parseQueueId } from '../../src/domain/queues/queue-id.ts';
import type { Snapshot } from '../../src/domain/queues/snapshot.ts';
import type { MailLab } from '../lab/postfix.ts';
import { until } from '../lab/process.ts';

export interface Expected {
  /** The tool says why mail waits. */
  readonly reasons: boolean;
  /** An id of its grammar that no message has. */
  readonly goneId: string;
}

export function keepsTheMailServerContract(start: () => Promise<MailLab>, expected: Expected): void {
  let lab: MailLab;
  beforeAll(async () => {
    lab = await start();
  });
  afterAll(() => lab.stop());

  async function look(): Promise<Snapshot> {
    const host = openHost('mx', (argv) => lab.box.enter(argv));
    const server = openMailServer('mx', lab.mta, host, []);
    return (await readListing(server.listing(10_000), lab.mta, 'mx', Date.now(), () => {})).snapshot;
  }

  it('reads an empty queue as empty', async () => {
    expect(await look()).toMatchObject({ messages: 0, malformed: 0 });
  });

  it('reads senders, the null sender by its right name, and recipients', async () => {
    await lab.send('alice@example.test', ['b1@defer.test', 'b2@other.test']);
    await lab.send('', ['victim@foreign.test']);
    await until(async () => (await look()).byQueue[lab.waiting] === 2, 15_000, 'both to wait');
    const snapshot = await look();
    expect(snapshot).toMatchObject({
      messages: 2,
      recipients: 3,
      malformed: 0,
      nullSender: { messages: 1, recipientDomains: 1 },
      topSenders: [
        { sender: '', messages: 1 },
        { sender: 'alice@example.test', messages: 1 },
      ],
    });
    expect(snapshot.topReasons).toEqual(
      expected.reasons ? [{ reason: 'connect to <host>: Connection refused', recipients: 3 }] : [],
    );
  });

  it('counts what waits without listing it', async () => {
    const host = openHost('mx', (argv) => lab.box.enter(argv));
    expect(await openMailServer('mx', lab.mta, host, []).count?.(10_000)).toBe((await look()).messages);
    const nobody = openHost('mx', (argv) =>
      lab.box.enter(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...argv]),
    );
    expect(await openMailServer('mx', lab.mta, nobody, []).count?.(10_000)).toBeUndefined();
  });

  it('shows the envelope of one message and who handed it in, never its body; one that is gone is left out', async () => {
    const host = openHost('mx', (argv) => lab.box.enter(argv));
    const server = openMailServer('mx', lab.mta, host, []);
    const known = (await look()).oldest.find((each) => each.sender !== '')?.id ?? '';
    const ids = [known, expected.goneId].flatMap((text) => {
      const id = parseQueueId(text, lab.mta);
      return id.kind === 'ok' ? [id.value] : [];
    });
    expect(ids).toHaveLength(2);
    const found = await server.envelopes(ids, 10_000);
    expect(found).toMatchObject([
      {
        id: known,
        sender: 'alice@example.test',
        recipients: expect.arrayContaining(['b1@defer.test', 'b2@other.test']),
        origin: { kind: 'local' },
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('Subject');
  });

  it('changes nothing by looking', async () => {
    const files = (): Promise<string> =>
      lab.box.must(['find', lab.spool, '-type', 'f', '-newermt', '2000-01-01', '-printf', '%p %T@\\n']);
    const before = await files();
    await look();
    expect(before).not.toBe('');
    expect(await files()).toBe(before);
  });
}
