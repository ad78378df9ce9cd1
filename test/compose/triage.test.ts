import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBox, wire } from '../lab/box.ts';
import type { Box } from '../lab/box.ts';
import { startDovecot } from '../lab/dovecot.ts';
import { startExim } from '../lab/exim.ts';
import { describeLab } from '../lab/packages.ts';
import { MAIN_CF, startPostfix } from '../lab/postfix.ts';
import type { MailLab } from '../lab/postfix.ts';
import { until } from '../lab/process.ts';
import { send } from '../lab/spammer.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');
const CATALOGUE =
  '- {zone: good.bl.test, kind: ip, families: [4], weight: high, codes: {"127.0.0.2": {meaning: spam source}}}\n';

interface Said {
  readonly verdict: string;
  readonly confidence: number;
  readonly causes: readonly {
    readonly cause: string;
    readonly for: readonly string[];
    readonly against: readonly string[];
  }[];
  readonly missing: readonly string[];
  readonly looks: readonly { readonly name: string; readonly state: string }[];
  readonly evidenceId: string;
}

/** A server with an outside interface, somebody outside it, and the product on the server itself. */
async function furnish(lab: MailLab, log: string) {
  const { box } = lab;
  const outside = await startBox({ name: 'outside', sets: ['net'] });
  await wire(box, 'eth0', outside, 'eth0');
  await box.must(['ip', 'address', 'add', '198.51.100.10/24', 'dev', 'eth0']);
  await outside.must(['ip', 'address', 'add', '198.51.100.66/24', 'dev', 'eth0']);
  const data = mkdtempSync(join(tmpdir(), 'tq-triage-'));
  chmodSync(data, 0o755);
  mkdirSync(join(data, 'lists'), { mode: 0o755 });
  writeFileSync(join(data, 'lists', 'good'), '127.0.0.2 :127.0.0.2:test\n');
  writeFileSync(join(data, 'catalogue.yaml'), CATALOGUE);
  writeFileSync(
    join(data, 'tourniquet.yaml'),
    `sites: [{name: lab, addresses: [198.51.100.10], sharedAddress: true, domains: [example.test], servers: [mx1]}]
servers: [{name: mx1, mta: ${lab.mta}, log: ${log}, addresses: [198.51.100.10]}]
resolvers: ["127.0.0.1:5353"]
blocklists: {catalogue: ${join(data, 'catalogue.yaml')}}
`,
  );
  const lists = box.start([
    'rbldnsd',
    '-u',
    '65534:65534',
    '-n',
    '-b',
    '127.0.0.1/5353',
    '-w',
    join(data, 'lists'),
    'good.bl.test:ip4set:good',
  ]);
  const tq = async (...words: string[]) =>
    box.exec(['env', `TOURNIQUET_DATA=${data}`, TQ, ...words, '--config', join(data, 'tourniquet.yaml')]);
  return {
    outside,
    tq,
    triage: async (): Promise<Said> => {
      const ran = await tq('triage', 'lab', '--json', '--timeout', '40');
      if (ran.out === '') throw new Error(ran.err);
      return JSON.parse(ran.out);
    },
    queued: async (): Promise<number> => {
      const ran = await tq('queue', 'mx1', '--json');
      return JSON.parse(ran.out).messages;
    },
    stop: async () => {
      lists.child.kill('SIGKILL');
      await Promise.all([outside.stop(), lab.stop()]);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

type Furnished = Awaited<ReturnType<typeof furnish>>;

describeLab('triage of a real Postfix', { sets: ['postfix', 'dovecot', 'dns', 'net', 'redis'], root: true }, () => {
  let lab: MailLab;
  let house: Furnished;
  let box: Box;
  const deferred = async (many: number): Promise<void> =>
    until(
      async () =>
        Number((await box.must(['sh', '-c', 'find /var/spool/postfix/deferred -type f | wc -l'])).trim()) >= many,
      60_000,
      `${many} messages to be deferred`,
    );
  beforeAll(async () => {
    lab = await startPostfix({ sets: ['dovecot', 'dns'], mainCf: `${MAIN_CF}${MORE_POSTFIX}` });
    ({ box } = lab);
    await startDovecot(box, {
      disablePlaintextAuth: 'no',
      ssl: 'no',
      protocols: 'imap',
      certificateDays: 60,
      users: { alice: 'secret' },
    });
    house = await furnish(lab, '/var/log/postfix.log');
  });
  afterAll(() => house.stop());

  it('a dead smart host is an error of one’s own, with nobody to blame', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => lab.send('anna@example.test', [`b${index}@d${index % 9}.example`])),
    );
    await deferred(40);
    const said = await house.triage();
    expect(said, JSON.stringify(said, undefined, 1)).toMatchObject({ verdict: 'configuration-error' });
    expect(said.missing.join('\n')).toContain('smart host 127.0.0.1: 127.0.0.1:2602 refuses the connection');
    expect(said.evidenceId).toMatch(/^lab-\d{8}T\d{6}Z-[0-9a-f]{6}$/);
  });

  it('a flood of mail for users that do not exist, with forged senders, is an NDR attack', async () => {
    await box.must(['postsuper', '-d', 'ALL']);
    await send(house.outside, {
      host: '198.51.100.10',
      messages: Array.from({ length: 120 }, (_, index) => ({
        from: `victim${index}@forged${index}.example`,
        to: [`nosuch${index}@example.test`],
      })),
    });
    await deferred(120);
    const said = await house.triage();
    expect(said, JSON.stringify(said, undefined, 1)).toMatchObject({ verdict: 'ndr-attack' });
  });

  it('a guessed password that relays is found by its account', async () => {
    await box.must(['postsuper', '-d', 'ALL']);
    await send(house.outside, {
      host: '198.51.100.10',
      user: 'alice',
      failures: 25,
      password: 'secret',
      messages: Array.from({ length: 210 }, (_, index) => ({
        from: `any${index}@body.example`,
        to: [`x@f${index % 60}.example`, `y@g${index % 40}.example`],
      })),
    });
    await deferred(210);
    const said = await house.triage();
    expect(said, JSON.stringify(said, undefined, 1)).toMatchObject({ verdict: 'authenticated-relay' });
    expect(said.causes[0]?.for.join('\n')).toMatch(
      /alice sent 210 messages to 100 domains[^]*(?:25|50) failed logins came before/,
    );
    expect(said.looks).toContainEqual(expect.objectContaining({ name: 'test for open relaying', state: 'taken' }));
    expect(said.missing.join('\n')).not.toContain('relays for anybody');
    const id = (await box.must(['sh', '-c', 'postqueue -j | head -n 1'])).match(/"queue_id": "(\w+)"/)?.[1] ?? '';
    expect((await house.tq('queue', 'mx1', 'show', id)).out).toContain(
      'handed in by the login alice from 198.51.100.66',
    );
  });
});

const MORE_POSTFIX = `mydestination = localhost, example.test
inet_interfaces = all
local_recipient_maps =
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
in_flow_delay = 0
smtpd_peername_lookup = no
`;

describeLab('triage of a real Exim', { sets: ['exim', 'dns', 'net', 'redis'], root: true }, () => {
  let lab: MailLab;
  let house: Furnished;
  beforeAll(async () => {
    lab = await startExim({ sets: ['dns'], daemon: true });
    house = await furnish(lab, '/var/log/exim4/mainlog');
  });
  afterAll(() => house.stop());

  it('a guessed password that relays is found by its account', async () => {
    await send(house.outside, {
      host: '198.51.100.10',
      user: 'alice',
      failures: 40,
      password: 'secret',
      messages: Array.from({ length: 205 }, (_, index) => ({
        from: 'any@body.example',
        to: [`x@f${index % 60}.example`],
      })),
    });
    await until(async () => Number(await lab.box.must(['exim4', '-bpc'])) >= 205, 60_000, 'the queue to fill');
    expect(await house.queued()).toBeGreaterThanOrEqual(205);
    const said = await house.triage();
    expect(said, JSON.stringify(said, undefined, 1)).toMatchObject({ verdict: 'authenticated-relay' });
    expect(said.causes[0]?.for.join('\n')).toMatch(/alice sent 205 messages[^]*\d+ failed logins came before/);
  });
});
