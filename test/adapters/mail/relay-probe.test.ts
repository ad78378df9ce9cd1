/** The test for open relaying: the dialogue against made-up servers, then against a real Postfix and a real Exim. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRelayProbe } from '../../../adapters/mail/doors/relay.ts';
import type { RelayAnswer, RelayPlan } from '../../../src/ports/relay-probe.ts';
import { startBox, wire } from '../../lab/box.ts';
import type { Box } from '../../lab/box.ts';
import { startExim } from '../../lab/exim.ts';
import { describeLab } from '../../lab/packages.ts';
import { MAIN_CF, startPostfix } from '../../lab/postfix.ts';
import type { MailLab } from '../../lab/postfix.ts';

const PLAN: RelayPlan = {
  port: 25,
  senders: ['relay-test@example.com', 'relay-test@office.test'],
  recipient: 'relay-test@example.net',
  standsOutside: () => undefined,
};

/** Its standard input and output are the connection, as those of ssh -W are. */
const SERVER = String.raw`
const fs = require('node:fs');
const [heard, greeting, mail, rcpt, own] = process.argv.slice(1);
const say = (text) => process.stdout.write(text + '\r\n');
let sender = '';
say(greeting);
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  fs.appendFileSync(heard, line + '\n');
  if (line.startsWith('EHLO')) say('250-mx\r\n250 PIPELINING');
  else if (line.startsWith('MAIL')) { sender = line; say(mail); }
  else if (line.startsWith('RCPT')) say(sender.includes('office.test') && own ? own : rcpt);
  else if (line === 'QUIT') { say('221 bye'); process.exit(); }
  else say('250 ok');
});`;

describe('the dialogue that tells an open relay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tq-relay-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const heard = join(folder, 'heard');
  const ask = async (
    over: { greeting?: string; mail?: string; rcpt?: string; own?: string },
    deadlineMs = 8000,
  ): Promise<RelayAnswer> => {
    rmSync(heard, { force: true });
    const { greeting = '220 mx ESMTP', mail = '250 ok', rcpt = '250 ok', own = '' } = over;
    const probe = openRelayProbe(() => [process.execPath, '-e', SERVER, heard, greeting, mail, rcpt, own]);
    return probe.try('mx.test', PLAN, deadlineMs, 'vantage');
  };

  it.each([
    ['250 2.1.5 Ok', 'accepted'],
    ['251 will forward', 'accepted'],
    ['454 4.7.1 <relay-test@example.net>: Relay access denied', 'refused'],
    ['554 5.7.1 <relay-test@example.net>: Relay access denied', 'refused'],
    ['550 relay not permitted', 'refused'],
    ['550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'refused'],
    ['550-5.7.1 you may not\r\n550 5.7.1 relay through this server', 'refused'],
    ["553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", 'refused'],
    ['550 5.7.1 <relay-test@example.net>... Relaying denied', 'refused'],
    ['550 Invalid recipient: <relay-test@example.net>', 'refused'],
    ['450 4.2.0 <relay-test@example.net>: Recipient address rejected: Greylisted', 'unclear'],
    ['554 5.7.1 Service unavailable; Client host [198.51.100.66] blocked using zen.example', 'unclear'],
    ['554 5.7.1 Service unavailable; Client host [198.51.100.66] blocked using relays.bl.example', 'unclear'],
    ['450 4.1.2 <relay-test@example.net>: Recipient address rejected: Domain not found', 'unclear'],
    ['554 5.7.1 <relay-test@example.com>: Sender address rejected: Access denied', 'unclear'],
    ['421 4.3.2 Service not available', 'unclear'],
  ] as const)('to the recipient it says %j: %s', async (rcpt, kind) => {
    expect((await ask({ rcpt })).kind).toBe(kind);
    expect(readFileSync(heard, 'utf8')).not.toMatch(/DATA|BDAT|AUTH/i);
  });

  it('ends at the recipient: RSET and QUIT, and no message', async () => {
    await ask({});
    expect(readFileSync(heard, 'utf8').replace(/^EHLO .*/, 'EHLO')).toBe(
      'EHLO\nMAIL FROM:<relay-test@example.com>\nRCPT TO:<relay-test@example.net>\nRSET\nQUIT\n',
    );
  });

  it('finds a server that relays for whoever claims to be of the house', async () => {
    expect(await ask({ rcpt: '554 5.7.1 Relay access denied', own: '250 ok' })).toEqual({
      kind: 'accepted',
      answer: '250 ok',
    });
  });

  it('takes "log in first" for a refusal, and a greeting that refuses for no answer', async () => {
    expect(await ask({ mail: '530 5.7.57 Client was not authenticated to send anonymous mail' })).toMatchObject({
      kind: 'refused',
    });
    expect(await ask({ mail: '530 5.7.0 Must issue a STARTTLS command first' })).toMatchObject({ kind: 'unclear' });
    expect(await ask({ greeting: '554 no service for you' })).toMatchObject({ kind: 'unclear' });
  });
});

/** A connection from the box, as `ssh -W` gives one. */
const PIPE = `import os,socket,sys,threading
s=socket.create_connection((sys.argv[1],int(sys.argv[2])),10)
def up():
  while True:
    d=os.read(0,65536)
    if not d: return
    s.sendall(d)
threading.Thread(target=up,daemon=True).start()
while True:
  d=s.recv(65536)
  if not d: break
  os.write(1,d)`;

async function outsideOf(lab: MailLab): Promise<Box> {
  const outside = await startBox({ name: `outside-of-${lab.mta}`, sets: ['net'] });
  await wire(lab.box, 'eth0', outside, 'eth0');
  await lab.box.must(['ip', 'address', 'add', '198.51.100.10/24', 'dev', 'eth0']);
  await outside.must(['ip', 'address', 'add', '198.51.100.66/24', 'dev', 'eth0']);
  return outside;
}

const probeFrom = (box: Box) =>
  openRelayProbe((_server, host, port) => box.enter(['/usr/bin/python3', '-c', PIPE, host, String(port)])).try(
    '198.51.100.10',
    PLAN,
    15_000,
    'outside',
  );

describeLab('a real Postfix', { sets: ['postfix', 'net'], root: true }, () => {
  let lab: MailLab;
  let outside: Box;
  beforeAll(async () => {
    lab = await startPostfix({ mainCf: MAIN_CF.replace('inet_interfaces = 127.0.0.1', 'inet_interfaces = all') });
    outside = await outsideOf(lab);
  });
  afterAll(() => Promise.all([lab.stop(), outside.stop()]));

  it('refuses a stranger’s relaying; set up to trust all networks it accepts it; no message is made', async () => {
    expect(await probeFrom(outside)).toMatchObject({
      kind: 'refused',
      answer: expect.stringContaining('Relay access'),
    });
    await lab.box.must(['sh', '-c', 'postconf -e mynetworks=0.0.0.0/0 && postfix reload']);
    await expect.poll(() => probeFrom(outside), { timeout: 30_000 }).toMatchObject({ kind: 'accepted' });
    expect(await lab.box.must(['postqueue', '-j'])).toBe('');
    expect(lab.box.read('/var/log/postfix.log')).not.toMatch(/message-id=|cleanup\[|qmgr\[/);
  });
});

describeLab('a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  let lab: MailLab;
  let outside: Box;
  beforeAll(async () => {
    lab = await startExim({ daemon: true });
    outside = await outsideOf(lab);
  });
  afterAll(() => Promise.all([lab.stop(), outside.stop()]));

  it('refuses a stranger’s relaying; set up to accept all hosts it accepts it; no message is made', async () => {
    expect(await probeFrom(outside)).toMatchObject({
      kind: 'refused',
      answer: expect.stringContaining('not permitted'),
    });
    const config = lab.box.read('/etc/exim4/exim4.conf');
    lab.box.write('/etc/exim4/exim4.conf', config.replace('accept authenticated = *', 'accept hosts = *'));
    expect(await probeFrom(outside)).toMatchObject({ kind: 'refused' });
    await lab.box.must(['sh', '-c', 'pkill -HUP exim4 || kill -HUP $(cat /run/exim4/exim.pid)']);
    await expect.poll(() => probeFrom(outside), { timeout: 30_000 }).toMatchObject({ kind: 'accepted' });
    expect((await lab.box.must(['exim4', '-bpc'])).trim()).toBe('0');
    expect(lab.box.read('/var/log/exim4/mainlog')).not.toContain(' <= ');
  });
});
