/** What every mail server's reader must do: on the real servers, and on the drill's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHost } from '../../adapters/host/process.ts';
import { openMailServer } from '../../adapters/mail/queue/listing.ts';
import type { Mta } from '../../src/domain/queues/snapshot.ts';
import type { MailServer } from '../../src/ports/mail-server.ts';
import { readListing } from '../../jobs/mail/read-dump.ts';
import { parseQueueId } from '../../src/domain/queues/queue-id.ts';
import type { Snapshot } from '../../src/domain/queues/snapshot.ts';
import type { MailLab } from '../lab/postfix.ts';
import { until } from '../lab/process.ts';

export interface Expected {
  /** What the tool says why mail waits; undefined: it doesn't say. */
  readonly reasons: RegExp | undefined;
  /** An id of its grammar that no message has. */
  readonly goneId: string;
  /** The drill’s: it keeps a message for each recipient, and has them from its clients. */
  readonly perRecipient?: true;
}

export interface MailRig {
  readonly mta: Mta;
  readonly server: MailServer;
  /** The same server for somebody who may not read its queue, where there are such. */
  readonly unreadable?: MailServer;
  /** What its own tool calls the queue of what waits. */
  readonly waiting: string;
  now(): number;
  /** Hands in one message on the server itself; the empty sender is the null sender. It waits. */
  send(sender: string, recipients: readonly string[]): Promise<void>;
  /** All that looking might change. */
  state(): Promise<string>;
  stop(): Promise<void>;
}

/** A real server of the lab. */
export async function rigOf(starting: Promise<MailLab>): Promise<MailRig> {
  const lab = await starting;
  const host = openHost('mx', (argv) => lab.box.enter(argv));
  const nobody = openHost('mx', (argv) =>
    lab.box.enter(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...argv]),
  );
  return {
    mta: lab.mta,
    server: openMailServer('mx', lab.mta, host, []),
    unreadable: openMailServer('mx', lab.mta, nobody, []),
    waiting: lab.waiting,
    now: () => Date.now(),
    send: (sender, recipients) => lab.send(sender, recipients),
    state: () => lab.box.must(['find', lab.spool, '-type', 'f', '-newermt', '2000-01-01', '-printf', '%p %T@\\n']),
    stop: () => lab.stop(),
  };
}

export function keepsTheMailServerContract(start: () => Promise<MailRig>, expected: Expected): void {
  let rig: MailRig;
  beforeAll(async () => {
    rig = await start();
  });
  afterAll(() => rig.stop());

  async function look(): Promise<Snapshot> {
    return (await readListing(rig.server.listing(10_000), rig.mta, 'mx', rig.now(), () => {})).snapshot;
  }

  it('reads an empty queue as empty', async () => {
    expect(await look()).toMatchObject({ messages: 0, malformed: 0 });
  });

  it('reads senders, the null sender by its right name, and recipients', async () => {
    const ofAlice = expected.perRecipient ? 2 : 1;
    await rig.send('alice@example.test', ['b1@defer.test', 'b2@other.test']);
    await rig.send('', ['victim@foreign.test']);
    await until(async () => (await look()).byQueue[rig.waiting] === ofAlice + 1, 15_000, 'all to wait');
    const snapshot = await look();
    expect(snapshot).toMatchObject({
      messages: ofAlice + 1,
      recipients: 3,
      malformed: 0,
      nullSender: { messages: 1, recipientDomains: 1 },
    });
    expect(snapshot.topSenders?.toSorted((a, b) => (a.sender < b.sender ? -1 : 1))).toEqual([
      { sender: '', messages: 1 },
      { sender: 'alice@example.test', messages: ofAlice },
    ]);
    const { reasons } = expected;
    const told = snapshot.topReasons ?? [];
    expect(told.reduce((sum, each) => sum + each.recipients, 0)).toBe(reasons === undefined ? 0 : 3);
    expect(told.filter(({ reason }) => reasons?.test(reason) !== true)).toEqual([]);
  });

  it('counts what waits without listing it, where it can; who may not read it counts nothing', async () => {
    const { messages } = await look();
    expect(messages).toBeGreaterThan(0);
    expect((await rig.server.count?.(10_000)) ?? messages).toBe(messages);
    expect(await rig.unreadable?.count?.(10_000)).toBeUndefined();
  });

  it('shows the envelope of one message and who handed it in, never its body; one that is gone is left out', async () => {
    const known = (await look()).oldest.find((each) => each.sender !== '')?.id ?? '';
    const ids = [known, expected.goneId].flatMap((text) => {
      const id = parseQueueId(text, rig.mta);
      return id.kind === 'ok' ? [id.value] : [];
    });
    expect(ids).toHaveLength(2);
    const found = await rig.server.envelopes(ids, 10_000);
    expect(found).toMatchObject([
      {
        id: known,
        sender: 'alice@example.test',
        recipients: expect.arrayContaining(expected.perRecipient ? [] : ['b1@defer.test', 'b2@other.test']),
        origin: expected.perRecipient ? { kind: 'client' } : { kind: 'local' },
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('Subject');
  });

  it('changes nothing by looking', async () => {
    const before = await rig.state();
    await look();
    expect(before).not.toBe('');
    expect(await rig.state()).toBe(before);
  });
}
