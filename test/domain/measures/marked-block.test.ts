import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { putSettings } from '../../../adapters/mail/servers/postfix/main-cf.ts';
import { blocksOf, judgeBlocks, putBlock, withoutBlocks } from '../../../src/domain/measures/marked-block.ts';

const MAIN_CF = `# of old\nmyhostname = mx1\nrelayhost =\nsmtpd_sender_restrictions =\n  permit_mynetworks,\n# between\n\n  reject\nmaster_service_disable=a/unix`;
const text = fc
  .array(fc.constantFrom('a = b', '  more', '', '# note', 'relayhost = x', '#| kept by somebody'), { maxLength: 8 })
  .chain((lines) => fc.constantFrom('', '\n').map((end) => lines.join('\n') + end));

describe('a marked block', () => {
  it('goes out as it came in, to the byte, wherever it is put and whatever it stands in for', () => {
    fc.assert(
      fc.property(text, fc.nat(9), fc.nat(3), (before, at, instead) => {
        const edited = putBlock(before, { tag: 'tq1', lines: ['x = y'] }, at, instead);
        expect(blocksOf(edited, 'tq1')).toHaveLength(1);
        expect(withoutBlocks(edited, 'tq1')).toBe(before);
      }),
    );
  });

  it('goes out in any order with others', () => {
    const one = putSettings(MAIN_CF, 'tq1', [['relayhost', '[isp]:587']]);
    const both = putSettings(one, 'tq2', [['master_service_disable', 'a/unix, smtp/unix']]);
    expect(withoutBlocks(withoutBlocks(both, 'tq1'), 'tq2')).toBe(MAIN_CF);
    expect(withoutBlocks(withoutBlocks(both, 'tq2'), 'tq1')).toBe(MAIN_CF);
    expect(withoutBlocks(both)).toBe(MAIN_CF);
  });

  it('stands where the parameter stood, and keeps a value of several lines', () => {
    const edited = putSettings(MAIN_CF, 'tq1', [['smtpd_sender_restrictions', 'reject']]);
    expect(edited.split('\n').slice(3, 11)).toEqual([
      '# tourniquet tq1 begins',
      '#| smtpd_sender_restrictions =',
      '#|   permit_mynetworks,',
      '#| # between',
      '#| ',
      '#|   reject',
      'smtpd_sender_restrictions = reject',
      '# tourniquet tq1 ends',
    ]);
    expect(withoutBlocks(edited, 'tq1')).toBe(MAIN_CF);
  });

  it.each([
    ['as we left it', (now: string) => now, { kind: 'ours' }],
    ['taken out', (now: string) => withoutBlocks(now), { kind: 'absent', others: [] }],
    [
      'changed in it',
      (now: string) => now.replace('[isp]', '[other]'),
      { kind: 'changed', differences: ['- relayhost = [isp]', '+ relayhost = [other]'] },
    ],
    ['changed beside it', (now: string) => `${now}x = 1\n`, { kind: 'changed', differences: ['+ x = 1'] }],
    ['one of its marks gone', (now: string) => now.replace('# tourniquet tq1 ends\n', ''), { kind: 'changed' }],
    ['another measure in it', (now: string) => putSettings(now, 'tq2', [['y', 'z']]), { kind: 'ours' }],
  ])('is seen for what it is: %s', (_what, hand, state) => {
    const before = 'relayhost =\n';
    const edited = putSettings(before, 'tq1', [['relayhost', '[isp]']]);
    expect(judgeBlocks(hand(edited), before, edited, 'tq1')).toMatchObject(state);
  });
});
