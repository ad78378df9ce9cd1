import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBox, wire } from '../lab/box.ts';
import type { Box } from '../lab/box.ts';
import { startDovecot } from '../lab/dovecot.ts';
import type { DovecotPlan } from '../lab/dovecot.ts';
import { describeLab } from '../lab/packages.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

describeLab('tq audit against a real Dovecot', { sets: ['dovecot', 'net', 'redis'], root: true }, () => {
  let server: Box;
  let client: Box;
  let data: string;
  beforeAll(async () => {
    [server, client] = await Promise.all([
      startBox({ name: 'imap', sets: ['dovecot', 'net'] }),
      startBox({ name: 'client', sets: ['net'] }),
    ]);
    await wire(server, 'eth0', client, 'eth0');
    await server.must(['ip', 'address', 'add', '10.9.0.1/24', 'dev', 'eth0']);
    await client.must(['ip', 'address', 'add', '10.9.0.2/24', 'dev', 'eth0']);
    data = mkdtempSync(join(tmpdir(), 'tq-audit-'));
  });
  afterAll(async () => {
    await Promise.all([server.stop(), client.stop()]);
    rmSync(data, { recursive: true, force: true });
  });

  async function audit(from: Box, host: string) {
    const ran = await from.exec(['env', `TOURNIQUET_DATA=${data}`, TQ, 'audit', host, '--json']);
    return { status: ran.code, said: JSON.parse(ran.out || '{}'), err: ran.err };
  }

  async function dovecot(plan: DovecotPlan): Promise<void> {
    // Told to stop, it takes four seconds to say good-bye to its own children.
    await server.exec([
      'sh',
      '-c',
      'm=$(cat /run/dovecot/master.pid) && kill -KILL $m $(pgrep -P $m); while ss -ltn | grep -qE ":(110|143|993|995) "; do sleep 0.02; done; rm -f /run/dovecot/master.pid',
    ]);
    await startDovecot(server, plan);
  }

  it('finds passwords in the clear, and gives the advice in its order', async () => {
    await dovecot({ disablePlaintextAuth: 'no', ssl: 'no', protocols: 'imap pop3', certificateDays: 300 });
    const { status, said, err } = await audit(client, '10.9.0.1');
    expect(status, err).toBe(2);
    expect(said).toMatchObject({
      schema: 'tourniquet.audit/1',
      host: '10.9.0.1',
      doors: [
        { port: 110, state: 'open', encryption: 'not-offered', loginInClear: 'yes', login: 'yes' },
        { port: 995, state: 'closed' },
        { port: 143, state: 'open', encryption: 'not-offered', loginInClear: 'yes' },
        { port: 993, state: 'closed' },
        { port: 25, state: 'closed' },
        { port: 465, state: 'closed' },
        { port: 587, state: 'closed' },
      ],
      advice: [
        { id: 'need', holds: 'no' },
        { id: 'few', holds: 'unknown' },
        { id: 'tls-only', holds: 'no', because: 'passwords cross in the clear on 110, 143' },
        { id: 'imap-not-pop3', holds: 'no' },
        { id: 'signed', holds: 'unknown' },
      ],
    });
  });

  it('finds TLS only where passwords are refused without it, and the days that the certificate has left', async () => {
    await dovecot({ disablePlaintextAuth: 'yes', ssl: 'yes', protocols: 'imap', certificateDays: 40 });
    const { status, said, err } = await audit(client, '10.9.0.1');
    expect(status, err).toBe(1);
    expect(said.doors.filter((door: { state: string }) => door.state === 'open')).toMatchObject([
      { port: 143, encryption: 'offered', loginInClear: 'no', login: 'yes', certificate: { daysLeft: 40 } },
      {
        port: 993,
        encryption: 'at-once',
        loginInClear: 'no',
        login: 'yes',
        certificate: { subject: 'imap.example.test' },
      },
    ]);
    expect(said.advice).toMatchObject([
      {},
      {},
      { id: 'tls-only', holds: 'yes' },
      { id: 'imap-not-pop3', holds: 'yes' },
      {},
    ]);
  });

  it('does not believe what the server offers to its own machine, and calls an ended certificate critical', async () => {
    await dovecot({ disablePlaintextAuth: 'yes', ssl: 'yes', protocols: 'imap pop3', certificateDays: -3 });
    const { status, said } = await audit(server, '10.9.0.1');
    expect(said.advice[2]).toMatchObject({ id: 'tls-only', holds: 'unknown' });
    expect(status).toBe(2);
    expect(said.findings).toContainEqual({
      port: 993,
      severity: 'critical',
      what: 'the certificate expired 3 days ago',
    });
  });

  it('is unknown, never closed, where packets are dropped', async () => {
    await client.must([
      'nft',
      'add table inet lab; add chain inet lab out { type filter hook output priority 0; }; add rule inet lab out tcp dport { 110, 993 } drop',
    ]);
    const ran = await client.exec([
      'env',
      `TOURNIQUET_DATA=${data}`,
      TQ,
      'audit',
      '10.9.0.1',
      '--json',
      '--timeout',
      '2',
    ]);
    const said = JSON.parse(ran.out);
    expect(said.doors[0]).toMatchObject({ port: 110, state: 'unknown' });
    expect(said.doors[3]).toMatchObject({ port: 993, state: 'unknown' });
  });
});
