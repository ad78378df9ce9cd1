import { describe, expect, it } from 'vitest';
import { readWindows, supportOf } from '../../../src/domain/windows/versions.ts';

const NOW = Date.parse('2026-11-24T07:00:00Z');

describe('a Windows version', () => {
  it.each([
    ['Microsoft Windows [Version 6.0.6000]', 'Windows Vista (RTM)', 'Windows Server 2008', 'ended'],
    ['Microsoft Windows [Version 6.0.6001]', 'Windows Vista (SP1)', 'Windows Server 2008', 'ended'],
    ['Microsoft Windows [Version 6.0.6019]', 'Windows Vista', 'Windows Server 2008', 'ended'],
    ['Microsoft Windows XP [Version 5.1.2600]', 'Windows XP', undefined, 'ended'],
    ['Microsoft Windows 2000 [Version 5.00.2195]', 'Windows 2000', 'Windows 2000 Server', 'ended'],
    ['Microsoft Windows [Version 6.1.7601]', 'Windows 7 (SP1)', 'Windows Server 2008 R2', 'ended'],
    ['Microsoft Windows [Version 10.0.17763.1]', 'Windows 10', 'Windows Server 2019', 'unknown'],
    ['Microsoft Windows [Version 10.0.19045.3693]', 'Windows 10', undefined, 'ended'],
    ['10.0.22000', 'Windows 11', undefined, 'ended'],
    ['10.0.22621', 'Windows 11', undefined, 'ended'],
    ['Microsoft Windows [Version 10.0.22631.2861]', 'Windows 11', undefined, 'ended'],
    ['10.0.26200', 'Windows 11', 'Windows Server 2025', 'supported'],
    ['10.0.26100', 'Windows 11', 'Windows Server 2025', 'supported'],
    ['10.0.20348', 'Windows Server 2022', 'Windows Server 2022', 'supported'],
  ])('%s is read by its family', (text, family, server, support) => {
    const read = readWindows(text);
    expect(read).toMatchObject({ kind: 'ok', value: { family, server } });
    if (read.kind === 'bad') throw new Error(read.why);
    expect(supportOf(read.value, NOW)).toBe(support);
  });

  it('of a build that nobody knows yet is still of its family', () => {
    expect(readWindows('10.0.31000.1')).toMatchObject({ kind: 'ok', value: { family: 'Windows 11', newer: true } });
    expect(readWindows('11.0.100')).toMatchObject({ kind: 'ok', value: { newer: true } });
  });

  it.each(['', 'Linux', 'Version 3.9.1', '1.2.3.4.5', 'x'.repeat(500)])('%j is refused with what to paste', (text) => {
    expect(readWindows(text)).toMatchObject({ kind: 'bad', remedy: expect.stringMatching(/ver/) });
  });
});
