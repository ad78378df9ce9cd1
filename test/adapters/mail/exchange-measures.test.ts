import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { openExchange } from '../../../adapters/mail/servers/exchange/driver.ts';
import { exchangeSpool } from '../../../adapters/mail/servers/exchange/queue.ts';
import { openExchangeServer } from '../../../adapters/mail/exchange/server.ts';
import { openCleanMeasure } from '../../../adapters/mail/servers/clean-measure.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { readMeasure } from '../../../jobs/measures/ledger.ts';
import { reconcile, settle } from '../../../jobs/measures/reconcile.ts';
import { releaseMeasure } from '../../../jobs/measures/release.ts';
import { HOUSE } from '../../../src/domain/incidents/incident.ts';
import { AuditUnavailable } from '../../../src/ports/audit-log.ts';
import { makeMeasureStage, standing } from '../../support/measure-world.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { fakeExchange } from '../../support/fake-exchange.ts';
import { fakeExchangeQueue } from '../../support/fake-exchange-queue.ts';
import type { FakeExchangeQueue, FakeMessage } from '../../support/fake-exchange-queue.ts';
import type { FakeExchange } from '../../support/fake-exchange.ts';

const OPTIONS = {
  name: 'ex1',
  pagerLeavesHere: false,
  smartHost: { host: 'smtp.isp.test', port: 587 },
  scripts: 'C:/ProgramData/tourniquet',
};
const open = (host: Host): MeasureDriver =>
  openExchange({ ...OPTIONS, mail: openExchangeServer({ host, name: OPTIONS.name, folder: OPTIONS.scripts }) }, host);

function keepsIt(order: MeasureOrder, meddle: (fake: FakeExchange) => void, mend: (fake: FakeExchange) => void): void {
  keepsTheMeasureContract(async () => {
    const fake = fakeExchange();
    return {
      host: fake.host,
      order,
      open,
      world: async () => fake.state(),
      hasEffect: (argv) => argv.includes('Apply'),
      meddle: async () => meddle(fake),
      mend: async () => mend(fake),
      stop: async () => {},
    };
  });
}

const change = (fake: FakeExchange, from: string, to: string): void => {
  for (const each of fake.connectors) each.rest = each.rest.replace(from, to);
};

describe('freezing Exchange, against a strict stand-in', () => {
  keepsIt(
    { kind: 'freeze-outbound', server: 'ex1' },
    (fake) => change(fake, '[192.0.2.9]', '[192.0.2.10]'),
    (fake) => change(fake, '[192.0.2.10]', '[192.0.2.9]'),
  );
});

describe('a freeze of Exchange', () => {
  const order: MeasureOrder = { kind: 'freeze-outbound', server: 'ex1' };
  it('says in numbers what it holds', async () => {
    const { blastRadius } = await open(fakeExchange().host).plan(order, 'tq1');
    expect(blastRadius.map(plain)).toEqual([
      'holds 2 messages that wait now',
      'disables 2 send connectors: Internet mail, Partner; they serve the whole organisation, not ex1 alone',
      'outbound mail waits; inbound mail, mailboxes and what users hand in go on',
      'in several sites Active Directory has to carry it first; Exchange returns mail after 2 days unless told otherwise',
    ]);
  });

  const frozen = async (fake: FakeExchange) => {
    const driver = open(fake.host);
    const stage = makeMeasureStage();
    const world = { ...stage.world, measureDrivers: { find: () => driver } };
    await standing(world, driver, order);
    return {
      world,
      record: async () => (await readMeasure(world, 1))?.record,
      /** The reconciler's next look, a minute later. */
      minute: async (): Promise<void> => {
        stage.now += 60_000;
        await reconcile(world);
      },
      told: () => stage.said.map(({ message }) => plain(message.summary)).join('\n'),
      heldAgain: () => stage.audit.filter(({ what }) => what === 'held again').length,
      events: async () => (await world.ledger.read(1)).events.length,
    };
  };
  const statusOf = (fake: FakeExchange): Record<string, string> =>
    Object.fromEntries(fake.queues.map(({ domain, status }) => [domain, status]));

  it('suspends each minute the queues that have come since, quietly, and resumes just those that it has suspended', async () => {
    const fake = fakeExchange();
    const freeze = await frozen(fake);
    expect(statusOf(fake)).toEqual({
      'far.test': 'Suspended',
      'slow.test': 'Suspended',
      'edge.test': 'Suspended',
      'mailbox-store': 'Active',
    });
    await freeze.minute();
    const [events, told] = [await freeze.events(), freeze.told()];
    expect(freeze.heldAgain(), 'with nothing new there is nothing to do').toBe(0);
    for (const domain of ['new1.test', 'new2.test']) {
      fake.routes(domain);
      await freeze.minute();
      expect(statusOf(fake)[domain]).toBe('Suspended');
    }
    expect([await freeze.record(), freeze.heldAgain()]).toMatchObject([{ lastSeen: { seen: 'in-force' } }, 2]);
    expect([await freeze.events(), freeze.told()], 'in the audit log alone').toEqual([events, told]);
    // Suspended by somebody in the meantime: not ours.
    fake.routes('by-hand.test').status = 'Suspended';
    await freeze.minute();
    expect((await releaseMeasure(freeze.world, 1, HOUSE, 'exact')).state).toBe('released');
    expect(statusOf(fake)).toEqual({
      'far.test': 'Active',
      'slow.test': 'Suspended',
      'edge.test': 'Active',
      'mailbox-store': 'Active',
      'new1.test': 'Active',
      'new2.test': 'Active',
      'by-hand.test': 'Suspended',
    });
  });

  it('tells of a queue that somebody has resumed, and of a connector that somebody has enabled, and overrules neither', async () => {
    const fake = fakeExchange();
    const freeze = await frozen(fake);
    const [ours] = fake.queues;
    if (!ours) throw new Error('there is a queue');
    ours.status = 'Active';
    await freeze.minute();
    expect(statusOf(fake)['far.test']).toBe('Active');
    expect(freeze.told()).toContain(String.raw`+ the queue EX1\123 to far.test was resumed by hand`);
    ours.status = 'Suspended';
    const old = fake.connectors.find(({ name }) => name === 'Old');
    if (old) old.enabled = true;
    fake.routes('through-old.test');
    await freeze.minute();
    expect(freeze.told()).toContain('+ the send connector Old is enabled, which it was not');
    expect([old?.enabled, statusOf(fake)['through-old.test']]).toEqual([true, 'Suspended']);
    fake.routes('through-old-too.test');
    await freeze.minute();
    expect(statusOf(fake)['through-old-too.test'], 'also while it is seen as changed').toBe('Suspended');
  });

  it('does not resume a queue of another destination that has got the number of one of ours', async () => {
    const fake = fakeExchange();
    const freeze = await frozen(fake);
    fake.queues.splice(0, 1, {
      id: String.raw`EX1\123`,
      domain: 'other.test',
      category: 'External',
      status: 'Suspended',
    });
    expect((await releaseMeasure(freeze.world, 1, HOUSE, 'exact')).state).toBe('released');
    expect(statusOf(fake)['other.test']).toBe('Suspended');
  });

  it('is not held again while the audit log can not be written, and says so', async () => {
    const fake = fakeExchange();
    const freeze = await frozen(fake);
    fake.routes('new.test');
    const broken = { ...freeze.world, auditLog: { ...freeze.world.auditLog, write: unwritable } };
    await reconcile(broken);
    expect(statusOf(fake)['new.test']).toBe('Active');
    expect(freeze.told()).toMatch(
      /let go by the server itself, to be held again within a minute: the queue .* to new\.test has come since/,
    );
    expect(await freeze.record()).toMatchObject({ lastSeen: { seen: 'slipped' } });
    await settle(freeze.world);
    expect([statusOf(fake)['new.test'], (await freeze.record())?.lastSeen?.seen]).toEqual(['Suspended', 'in-force']);
  });
});

const unwritable = async (): Promise<void> => {
  throw new AuditUnavailable('the disk is full');
};

describe('rerouting Exchange, against a strict stand-in', () => {
  keepsIt(
    { kind: 'reroute', server: 'ex1' },
    (fake) => change(fake, '[192.0.2.9]', '[192.0.2.10]'),
    (fake) => change(fake, '[192.0.2.10]', '[192.0.2.9]'),
  );
});

describe('cleaning a queue of Exchange, against a strict stand-in', () => {
  const SELECTION: MeasureOrder = { kind: 'clean-queue', server: 'ex1', selection: { sender: 'spammer@office.test' } };
  const openClean = (host: Host): MeasureDriver => {
    const { name, scripts } = OPTIONS;
    return openCleanMeasure(exchangeSpool(name, host, scripts, openExchangeServer({ host, name, folder: scripts })));
  };
  const full = (): FakeExchangeQueue => {
    const fake = fakeExchangeQueue();
    fake.receive('spammer@office.test', 'a@far.test');
    fake.receive('anna@office.test', 'b@far.test');
    fake.receive('spammer@office.test', 'c@far.test');
    return fake;
  };

  keepsTheMeasureContract(async () => {
    const fake = full();
    let taken: FakeMessage | undefined;
    return {
      host: fake.host,
      order: SELECTION,
      open: openClean,
      world: async () => fake.state(),
      hasEffect: (argv) => argv.includes('-Fence'),
      meddle: async (tag) => {
        const files = fake.saved.get(tag)?.files;
        const [name, message] = [...(files ?? [])][0] ?? [];
        taken = message;
        files?.delete(name ?? '');
      },
      mend: async () => void (taken && fake.messages.push(taken)),
      stop: async () => {},
    };
  });

  it('removes what was shown by its identity, and neither what came in since nor what others have sent', async () => {
    const fake = full();
    const driver = openClean(fake.host);
    const plan = await driver.plan(SELECTION, 'tq1');
    expect(plan.blastRadius.map(plain)[0]).toBe(
      'deletes 2 messages to 2 recipients from the queue of ex1, of 1 sender: spammer@office.test',
    );
    expect(plan.commands.join('\n')).toContain(String.raw`Remove-Message -Identity (the same ids) -WithNDR $false`);
    fake.receive('spammer@office.test', 'late@far.test');
    await driver.engage({ tag: 'tq1', order: SELECTION, prior: plan.prior }, 1);
    expect(fake.messages.map(({ to }) => to)).toEqual(['b@far.test', 'late@far.test']);
    expect(fake.messages.every(({ status }) => status === 'Active')).toBe(true);
  });

  it('names a thousand messages in command lines that Windows takes', async () => {
    const fake = fakeExchangeQueue();
    for (let count = 0; count < 1000; count += 1) fake.receive('spammer@office.test', `r${count}@far.test`);
    const driver = openClean(fake.host);
    await driver.engage({ tag: 'tq1', order: SELECTION, prior: (await driver.plan(SELECTION, 'tq1')).prior }, 1);
    expect([fake.messages.length, fake.saved.get('tq1')?.files.size]).toEqual([0, 1000]);
  });

  it('does not select by a login, which no queue of Exchange tells', async () => {
    const order: MeasureOrder = { ...SELECTION, selection: { account: 'svcacct' } };
    await expect(openClean(full().host).plan(order, 'tq1')).rejects.toThrow('does not tell which login');
  });
});

describe('an account of Exchange', () => {
  it('is disabled and enabled again, named with its domain', async () => {
    const fake = fakeExchange();
    const driver = open(fake.host);
    const order: MeasureOrder = { kind: 'disable-account', server: 'ex1', account: String.raw`CORP\svcacct` };
    const task = { tag: 'tq1', order, prior: (await driver.plan(order, 'tq1')).prior };
    await driver.engage(task, 1);
    expect(fake.users.get('svcacct')).toBe(false);
    expect((await driver.verify(task)).kind).toBe('proved');
    expect((await driver.observe(task)).kind).toBe('in-force');
    await driver.release(task, 2, 'exact');
    expect(fake.users.get('svcacct')).toBe(true);
  });

  it.each(['-rf', "x'; Remove-Mailbox", 'a/b'])('is refused where it is %j', async (account) => {
    const order: MeasureOrder = { kind: 'disable-account', server: 'ex1', account };
    await expect(open(fakeExchange().host).plan(order, 'tq1')).rejects.toThrow('is no login');
  });
});

describe.each(['measure.ps1', 'clean.ps1'])('%s', (file) => {
  it('is PowerShell by its grammar, and builds no command from text', async () => {
    const text = readFileSync(join(import.meta.dirname, `../../../adapters/mail/exchange/measures/${file}`), 'utf8');
    await Parser.init();
    const parser = new Parser();
    const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
    parser.setLanguage(await Language.load(new Uint8Array(readFileSync(grammar))));
    expect(parser.parse(text)?.rootNode.hasError).toBe(false);
    expect(parser.parse(text.replace('param(', 'param'))?.rootNode.hasError).toBe(true);
    expect(text).not.toMatch(/Invoke-Expression|\biex\b|Start-Process|\[scriptblock\]|&\s*\$/i);
    const parameters = text.match(/\[string\] \$[A-Z]\w+,?\n/g) ?? [];
    expect(text.match(/\[ValidatePattern\('\^.*\$'\)\]\n\s*\[string\]/g)).toHaveLength(parameters.length);
  });
});

describe('clean.ps1', () => {
  it('removes by identity alone, without a report to the sender, and never by a filter or a whole queue', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../adapters/mail/exchange/measures/clean.ps1'), 'utf8');
    expect(text.match(/^\s*Remove-Message .*$/gm)?.map((line) => line.trim())).toEqual([
      'Remove-Message -Identity $id -WithNDR $false -Confirm:$false -ErrorAction SilentlyContinue',
    ]);
    expect(text).not.toMatch(/-Filter (?!'\*\.eml'|"tourniquet)|-Queue\b/);
  });
});
