import { describe, expect, it } from 'vitest';
import { readEximSpool, readPostcat } from '../../../src/domain/queues/envelope.ts';
import { readExipickLine } from '../../../src/domain/queues/exipick.ts';
import { parseQueueId } from '../../../src/domain/queues/queue-id.ts';
import { startSample } from '../../../src/domain/queues/sample.ts';
import { queueSpec } from '../../../src/commands/specs/queue.ts';

describe('a queue id', () => {
  it.each([
    ['postfix', 'A843F21E832'],
    ['postfix', '4jYVB23rWWzJjy3'],
    ['exim', '1xVhU1-0001pt-20'],
    ['exim', '1tAbCd-00000000abc-0Xyz'],
    ['exchange', 'EX1\\123\\5'],
    ['exchange', 'EX1\\Submission\\9'],
    ['opensmtpd', '51ef4434f915436b'],
    ['sendmail', '6AO4Dxax015207'],
  ] as const)('of %s is %s', (mta, text) => {
    expect(parseQueueId(text, mta)).toEqual({ kind: 'ok', value: text });
  });

  it.each([
    ['postfix', 'ALL'],
    ['postfix', '-d'],
    ['postfix', '../../etc/passwd'],
    ['postfix', 'A843F21E832 ALL'],
    ['postfix', 'A843F21E832\n'],
    ['postfix', '$(reboot)'],
    ['exim', '-Mrm'],
    ['exim', 'A843F21E832'],
    ['exchange', 'EX1\\123\\5; Remove-Message'],
    ['exchange', "EX1\\123\\5'"],
    ['opensmtpd', '51EF4434F915436B'],
  ] as const)('of %s is never %j', (mta, text) => {
    expect(parseQueueId(text, mta).kind).toBe('bad');
    expect(queueSpec.read({ name: 'queue', words: ['mx1', 'show', text], options: {} }).kind === 'ok').toBe(
      /^[0-9A-Za-z][0-9A-Za-z\\-]{4,120}$/.test(text),
    );
  });
});

describe('postcat -eq', () => {
  const envelope = (...lines: string[]): string =>
    [
      '*** ENVELOPE RECORDS deferred/A/A843F21E832 ***',
      ...lines,
      '*** MESSAGE CONTENTS deferred/A/A843F21E832 ***',
    ].join('\n');

  it('tells the login, also where headers do not', () => {
    const text = envelope(
      'message_size:             264             323               2               0             264               0',
      'named_attribute: log_client_name=unknown',
      'named_attribute: log_client_address=198.51.100.4',
      'named_attribute: log_helo_name=vm',
      'named_attribute: sasl_method=LOGIN',
      'named_attribute: sasl_username=alice',
      'sender: any@body.example',
      'named_attribute: dsn_orig_rcpt=rfc822;b1@defer.test',
      'original_recipient: b1@defer.test',
      'recipient: b1@defer.test',
      'recipient: b2@defer.test',
    );
    expect(readPostcat('A843F21E832', text)).toEqual({
      id: 'A843F21E832',
      sender: 'any@body.example',
      recipients: ['b1@defer.test', 'b2@defer.test'],
      bytes: 264,
      origin: { kind: 'login', account: 'alice', address: '198.51.100.4' },
      helo: 'vm',
    });
  });

  it.each([
    [['named_attribute: log_client_address=10.0.0.7', 'sender: a@b.example'], { kind: 'client', address: '10.0.0.7' }],
    [['named_attribute: log_message_origin=local', 'sender: '], { kind: 'own' }],
    [['named_attribute: rewrite_context=local', 'sender: www@b.example'], { kind: 'local', uid: 'unknown' }],
  ])('of %j gives the origin %j', (lines, origin) => {
    expect(readPostcat('A843F21E832', envelope(...lines))).toMatchObject({ origin });
  });

  it('of a message that is gone is nothing', () => {
    expect(readPostcat('A843F21E832', '')).toBeUndefined();
  });
});

describe('exim -Mvh', () => {
  const spool = (login: string, sender: string, ...vars: string[]): string =>
    [
      `1xVhU1-0001pt-20-H`,
      `${login} 0 0`,
      `<${sender}>`,
      '1795490579 0',
      ...vars,
      'XX',
      '2',
      'b1@defer.test',
      'b2@other.test',
      '',
      '013  Subject: x',
    ].join('\n');
  const read = (login: string, sender: string, ...vars: string[]) =>
    readEximSpool('1xVhU1-0001pt-20', spool(login, sender, ...vars));

  it('tells a login over SMTP', () => {
    const vars = ['--helo_name vm', '--host_address [198.51.100.4]:41234', '-host_auth plain', '--auth_id alice'];
    expect(read('Debian-exim', 'a@b.example', ...vars)).toEqual({
      id: '1xVhU1-0001pt-20',
      sender: 'a@b.example',
      recipients: ['b1@defer.test', 'b2@other.test'],
      arrival: 1_795_490_579,
      origin: { kind: 'login', account: 'alice', address: '198.51.100.4' },
      helo: 'vm',
    });
  });

  it('does not take a local user’s name in auth_id for a login', () => {
    expect(read('www-data', 'www-data@web.example', '-auth_id www-data', '-local')).toMatchObject({
      origin: { kind: 'local', uid: 'www-data' },
    });
  });

  it.each([
    ['Debian-exim', '', [], { kind: 'own' }],
    ['Debian-exim', 'x@y.example', ['-host_address 2001:db8::7.41234'], { kind: 'client', address: '2001:db8::7' }],
    ['Debian-exim', 'x@y.example', ['-host_address 10.0.0.7.41234'], { kind: 'client', address: '10.0.0.7' }],
  ])('of %s from <%s> with %j gives %j', (login, sender, vars, origin) => {
    expect(read(login, sender, ...vars)).toMatchObject({ origin });
  });
});

describe('exipick', () => {
  it('is read with exact size and time, both lengths of id, frozen and the null sender', () => {
    expect([
      readExipickLine(
        "1xW1VK-000012-1H From: <alice@example.test> To: b2@other.test;b1@defer.test Vars: message_size='286';received_time='1795568938';deliver_freeze=''",
      ),
      readExipickLine(
        "1tAbCd-00000000abc-0Xyz From: <> To: v@foreign.test Vars: message_size='243';received_time='1795568939';deliver_freeze='1'",
      ),
    ]).toMatchObject([
      {
        queue: 'queued',
        arrival: 1_795_568_938,
        bytes: 286,
        sender: 'alice@example.test',
        recipients: [{ address: 'b2@other.test' }, { address: 'b1@defer.test' }],
      },
      { id: '1tAbCd-00000000abc-0Xyz', queue: 'frozen', sender: '', recipients: [{ address: 'v@foreign.test' }] },
    ]);
  });

  it('is not led astray by an address that looks like its variables', () => {
    const evil = `"x> To: y Vars: message_size='1';received_time='1';deliver_freeze='1'"@evil.example`;
    const read = readExipickLine(
      `1xW1VK-000012-1H From: <${evil}> To: a@b.example Vars: message_size='286';received_time='1795568938';deliver_freeze=''`,
    );
    expect(read).toMatchObject({ arrival: 1_795_568_938, bytes: 286, queue: 'queued' });
  });

  it('prints its help where it is asked wrongly; that is no message', () => {
    expect(readExipickLine('Usage:')).toBeUndefined();
  });
});

it('a sample is bounded, spread over the listing, and whole where the listing is short', () => {
  const sample = startSample(60);
  for (let index = 0; index < 100_000; index += 1) sample.add(`id${index}`);
  const ids = sample.ids();
  expect(ids).toHaveLength(60);
  const late = ids.filter((id) => Number(id.slice(2)) >= 50_000).length;
  expect(late).toBeGreaterThan(15);
  expect(late).toBeLessThan(45);
  const short = startSample(60);
  for (const id of ['a', 'b', 'c']) short.add(id);
  expect(short.ids().toSorted()).toEqual(['a', 'b', 'c']);
});
