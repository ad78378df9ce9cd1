/** The command of a playbook's look, read beforehand: whoever takes the step at six in the morning can't mend it. */
import { findSpec, parseWords } from '../commands/parse.ts';
import { registry } from '../commands/registry.ts';
import { fill } from '../domain/playbook/step.ts';
import type { Facts } from '../domain/playbook/step.ts';

/** What the facts of an incident may look like. */
const SAMPLE: Facts = {
  site: 'hq',
  server: 'mx1',
  firewall: 'gateway',
  addresses: '192.0.2.7',
  account: 'anna',
  offender: '192.0.2.7',
  incident: 1,
};

/** What is wrong with it; undefined where it only looks and its words can be read. */
export function lookFault(words: readonly string[]): string | undefined {
  const [name = ''] = words;
  const spec = findSpec(name, registry);
  if (!spec) return `there is no command ${JSON.stringify(name)}; tq --help lists them`;
  if (spec.risk !== 'look' || spec.shellOnly)
    return `${spec.name} does more than look; write a step with measure or person`;
  const filled = words.map((word) => fill(word, SAMPLE));
  const known = filled.filter((word) => word !== undefined);
  // A fact that somebody will say may be anything.
  if (known.length < filled.length) return undefined;
  const read = parseWords(known, registry);
  return read.kind === 'misheard' ? `${read.why}; ${read.remedy}` : undefined;
}
