import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { openExchange } from '../../../adapters/mail/exchange/measures/driver.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { keepsTheMeasureContract } from '../../contracts/measure-driver.ts';
import { fakeExchange } from '../../support/fake-exchange.ts';
import type { FakeExchange } from '../../support/fake-exchange.ts';

const OPTIONS = {
  name: 'ex1',
  pagerLeavesHere: false,
  smartHost: { host: 'smtp.isp.test', port: 587 },
  scripts: 'C:/ProgramData/tourniquet',
};
const open = (host: Host): MeasureDriver => openExchange(OPTIONS, host);

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

describe('rerouting Exchange, against a strict stand-in', () => {
  keepsIt(
    { kind: 'reroute', server: 'ex1' },
    (fake) => change(fake, '[192.0.2.9]', '[192.0.2.10]'),
    (fake) => change(fake, '[192.0.2.10]', '[192.0.2.9]'),
  );
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

describe('measure.ps1', () => {
  it('is PowerShell by its grammar, and builds no command from text', async () => {
    const text = readFileSync(
      join(import.meta.dirname, '../../../adapters/mail/exchange/measures/measure.ps1'),
      'utf8',
    );
    await Parser.init();
    const parser = new Parser();
    const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
    parser.setLanguage(await Language.load(new Uint8Array(readFileSync(grammar))));
    expect(parser.parse(text)?.rootNode.hasError).toBe(false);
    expect(parser.parse(text.replace('param(', 'param'))?.rootNode.hasError).toBe(true);
    expect(text).not.toMatch(/Invoke-Expression|\biex\b|Start-Process|\[scriptblock\]|&\s*\$/i);
  });
});
