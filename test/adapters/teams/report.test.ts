import { expect, it } from 'vitest';
import { LIMITS, bytesOf } from '../../../adapters/chat/teams/limits.ts';
import { documentAsCard } from '../../../adapters/chat/teams/report.ts';
import { card } from '../../../adapters/chat/teams/card.ts';
import { faultsOf } from '../../support/teams/card-schema.ts';

const REPORT = `# Incident 1: mail is \\<b\\>refused\\</b\\> by gmail \\& yahoo

**DRILL: nothing of this was real.**

- Site: hq
- **Glass broken: by ana alone: nobody answered**

## Measures

### Measure 1: freeze outbound mail of mx1

\`\`\`
postconf -e 'defer_transports = smtp'   # *as it is*
\`\`\`

## Timeline

| UTC | what |
|---|---|
| 2026-11-28 00:41:52 | Ana opened it: a \\| b |
`;

function wordsOf(element: unknown): string {
  const { text, inlines = [] } = element as { text?: string; inlines?: readonly { readonly text: string }[] };
  return text ?? inlines.map((run) => run.text).join('');
}

it('is shown as it reads, without the signs that Markdown is written with', () => {
  const { elements, left } = documentAsCard({ type: 'text/markdown', text: REPORT });
  expect(left).toBe(0);
  expect(elements.map(wordsOf)).toEqual([
    'Incident 1: mail is <b>refused</b> by gmail & yahoo',
    'DRILL: nothing of this was real.',
    '• Site: hq',
    '• Glass broken: by ana alone: nobody answered',
    'Measures',
    'Measure 1: freeze outbound mail of mx1',
    "postconf -e 'defer_transports = smtp'   # *as it is*",
    'Timeline',
    'UTC  what',
    '2026-11-28 00:41:52  Ana opened it: a | b',
  ]);
  expect(faultsOf(card(elements, 'report'))).toEqual([]);
  expect(JSON.stringify(elements[0])).toContain('RichTextBlock');
});

it('leaves plain text as it is', () => {
  const { elements } = documentAsCard({ type: 'text/plain', text: '# not a heading\n- \\*x\n' });
  expect(elements.map(wordsOf)).toEqual(['# not a heading', '- \\*x']);
});

it.each(['x\n'.repeat(5000), `- ${'\\*'.repeat(30_000)}\n`.repeat(40), '| a | b |\n'.repeat(3000)])(
  'is never more than Teams takes, and says how much is left',
  (text) => {
    const { elements, left } = documentAsCard({ type: 'text/markdown', text });
    expect(left).toBeGreaterThan(0);
    expect(elements.length).toBeGreaterThan(10);
    expect(bytesOf(card(elements, 'report'))).toBeLessThan(LIMITS.messageBytes * 0.6);
  },
);
