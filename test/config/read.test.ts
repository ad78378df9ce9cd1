import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { ConfigRefused } from '../../src/config/yaml.ts';

function faultsOf(text: string): readonly string[] {
  try {
    readConfig(text, 't.yaml');
  } catch (error) {
    if (error instanceof ConfigRefused)
      return error.faults.map((fault) => `${fault.line}:${fault.column} ${fault.path}: ${fault.why}`);
    throw error;
  }
  return [];
}

describe('a configuration', () => {
  it('may be empty: every part is optional', () => {
    expect(readConfig('', 't.yaml')).toMatchObject({ sites: [], servers: [], people: [] });
  });

  it('has an example that is itself valid and names every part', () => {
    const config = readConfig(
      readFileSync(join(import.meta.dirname, '../../tourniquet.example.yaml'), 'utf8'),
      'tourniquet.example.yaml',
    );
    expect(config.sites[0]).toMatchObject({
      name: 'headquarters',
      sharedAddress: true,
      servers: ['mx1'],
      firewall: 'gateway',
    });
    for (const part of ['sites', 'servers', 'firewalls', 'people'] as const)
      expect(config[part].length, part).toBeGreaterThan(0);
  });

  it('tries relaying from here, or from a server that is reached by ssh, and from nowhere else', () => {
    const ssh = '{ssh: {host: vps.example.net, user: tq, keyFile: /k, knownHostsFile: /h}}';
    const from = (vantage: string): readonly string[] =>
      faultsOf(
        `sites: [{name: hq, relayTest: {from: ${vantage}}}]\nservers: [{name: mx1, mta: postfix}, {name: vps, mta: postfix, reach: ${ssh}}]`,
      );
    expect([from('here'), from('vps')]).toEqual([[], []]);
    for (const wrong of ['mx1', 'mx9'])
      expect(from(wrong)).toEqual([
        `1:32 sites[0].relayTest.from: ${wrong} is no server that is reached by ssh; write here, or one of those`,
      ]);
    expect(faultsOf('sites: [{name: hq, relayTest: {from: here, recipient: "-oQ/tmp@x"}}]')[0]).toContain(
      'is not a mailbox',
    );
  });

  it('has message tracking as a log only where Exchange is', () => {
    expect(faultsOf('servers: [{name: ex1, mta: exchange, log: tracking}]')).toEqual([]);
    expect(faultsOf('servers: [{name: mx1, mta: postfix, log: tracking}]')).toEqual([
      '1:37 servers[0].log: only Exchange has message tracking; write a file, or journal',
    ]);
  });

  it('is refused with all faults at once, each with line, column, place and remedy', () => {
    const text = [
      'sites:',
      '  - name: hq',
      '    addresses: [999.1.1.1]',
      '    servrs: [mx1]',
      '    timezone: Mars/Base',
      'people:',
      '  - {name: anna, role: boss}',
    ].join('\n');
    expect(faultsOf(text)).toEqual([
      '3:17 sites[0].addresses[0]: "999.1.1.1" is not an IPv4 address; four numbers from 0 to 255, such as 192.0.2.7',
      '4:5 sites[0].servrs: nothing is called "servrs" here; did you mean servers?',
      '5:5 sites[0].timezone: a time zone of the IANA database, such as Europe/Berlin',
      '7:18 people[0].role: write one of viewer, responder, approver, admin',
    ]);
  });

  it.each([
    [
      'a tab',
      'sites:\n  - name: hq\n\taddresses: [192.0.2.7]\n    servers: []\n',
      '3:1 : a tab indents this line; YAML takes spaces alone',
    ],
    [
      'a hard blank',
      'sites:\n  - name: hq\n  \u00a0 servers: []\n',
      '3:3 : a blank that is no space indents this line; YAML takes spaces alone',
    ],
    ['a key twice', 'sites: []\nsites: []\n', '2:1 : this key stands above already'],
    [
      'a second document',
      'sites: []\n---\npeople: []\n',
      '2:1 : a second document begins here (---); write everything into one',
    ],
    ['another encoding', 'sites:\n  - name: M\uFFFDnchen\n', '2:12 : this is not UTF-8; save the file as UTF-8'],
    [
      'a word with a star',
      'sites:\n  - name: hq\n    dkim: [*mail]\n',
      '3:12 : *mail stands for nothing, as there is no &mail above; quote it where it is a word',
    ],
    [
      'a file that grows',
      `a: &a [x]\n${'bcdefghijkl'.replaceAll(/./g, (name) => `${name}: &${name} [${`*${String.fromCharCode(name.charCodeAt(0) - 1)}, `.repeat(9)}]\n`)}`,
      '2:8 : its aliases (*name) stand for too much; write out what they stand for',
    ],
    ['brackets without end', `sites: ${'['.repeat(20_000)}`, ': brackets are nested too deeply here'],
    ['a file that nobody wrote', `# ${'x'.repeat(1_000_000)}`, '1:1 : it is longer than 1,000,000 characters'],
  ])('is refused for %s with one fault, in words that say where it is', (_what, text, fault) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(fault)]);
  });

  it('is refused where a site names a server or a firewall that is not there', () => {
    expect(
      faultsOf('sites:\n  - name: hq\n    servers: [mx9]\n    firewall: gw\nservers:\n  - {name: mx1, mta: postfix}\n'),
    ).toEqual([
      '3:15 sites[0].servers[0]: no server is called mx9; there are mx1',
      '4:5 sites[0].firewall: no firewall is called gw; there are none under firewalls',
    ]);
  });

  it.each([
    ['sites: [', '1:9'],
    ['a: 1\na: 2\n', '2:1'],
  ])('that is no YAML (%j) is refused at its place', (text, place) => {
    expect(faultsOf(text)[0]).toContain(place);
  });
});
