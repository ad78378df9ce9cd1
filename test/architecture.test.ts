/**
 * Who may import whom. Each rule carries the sentence that is said to whoever broke it.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandJobs } from '../jobs/catalogue.ts';
import { registry } from '../src/commands/registry.ts';

const ROOT = join(import.meta.dirname, '..');

interface Import {
  readonly from: string;
  /** A path of the project, or a package's name. */
  readonly to: string;
  readonly kind: 'file' | 'package';
}

interface Rule {
  readonly room: RegExp;
  readonly allows: (each: Import) => boolean;
  readonly says: string;
}

const within =
  (...rooms: readonly string[]) =>
  (each: Import): boolean =>
    each.kind === 'file' && rooms.some((room) => each.to === room || each.to.startsWith(`${room}/`));

const RULES: readonly Rule[] = [
  {
    room: /^src\/domain\//,
    allows: within('src/domain', 'src/ports'),
    says: 'the domain is pure: it imports nothing but itself and the types of ports, no package, not even node:. Take what you need as an argument or a port.',
  },
  {
    room: /^src\/messages\//,
    allows: within('src/domain', 'src/messages', 'src/commands', 'src/ports'),
    says: 'messages are built from the domain, the command specs and the types of ports alone.',
  },
  {
    room: /^src\/commands\//,
    allows: within('src/domain', 'src/commands'),
    says: 'a command spec is data and a pure read: it imports the domain alone.',
  },
  {
    room: /^src\/ports\//,
    allows: within('src/domain', 'src/messages', 'src/ports', 'src/commands'),
    says: 'a port is named in the words of the domain and the messages; it knows no adapter.',
  },
  {
    room: /^src\/config\//,
    allows: (each) =>
      within('src/domain', 'src/config', 'src/commands')(each) ||
      (each.kind === 'package' && ['zod', 'yaml'].includes(each.to)),
    says: 'the configuration is read with zod and yaml; files are read by the composition.',
  },
  {
    room: /^adapters\//,
    allows: (each) =>
      each.kind === 'package'
        ? !['bullmq'].includes(each.to)
        : within('src')(each)
          ? !within('src/main.ts', 'src/compose', 'src/config')(each)
          : sameAdapter(each),
    says: 'an adapter touches one outside thing: it imports src (but not main, compose, config) and its own room, never another adapter or a job.',
  },
  {
    room: /^jobs\//,
    allows: (each) =>
      each.kind === 'package'
        ? each.to !== 'bullmq' || /^jobs\/(queue|worker|schedule|agent\/line)\.ts$/.test(each.from)
        : within('jobs')(each) || (within('src')(each) && !within('src/main.ts', 'src/compose')(each)),
    says: 'a job is a plain function of a request and ports: no adapter, no composition; only queue.ts, worker.ts, schedule.ts and agent/line.ts know BullMQ.',
  },
];

/** Packages that one room alone may know. */
const OWNED: readonly (readonly [name: RegExp, room: RegExp])[] = [
  [/^@slack\//, /^(adapters\/chat\/slack\/|test\/)/],
  [/^botbuilder/, /^(adapters\/chat\/teams\/|test\/)/],
  [/^ioredis$/, /^(adapters\/redis\/|test\/|bench\/)/],
  [/^dnsbl$/, /^(adapters\/dns\/|test\/|bench\/)/],
  [/^nodemailer$/, /^(adapters\/paging\/|test\/)/],
  [/^bullmq$/, /^(jobs\/|test\/|bench\/)/],
];

/** The room of an adapter: two levels where the first is a family (chat, mail, firewall), else one. */
function roomOf(file: string): string {
  const [, family = '', name = ''] = file.split('/');
  return ['chat', 'mail', 'firewall'].includes(family) ? `${family}/${name}` : family;
}

function sameAdapter(each: Import): boolean {
  return each.to.startsWith('adapters/') && roomOf(each.to) === roomOf(each.from);
}

function importsOf(file: string, source: string): readonly Import[] {
  const found = source.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...found].map((match): Import => {
    const to = match[1] ?? match[2] ?? match[3] ?? '';
    if (!to.startsWith('.'))
      return {
        from: file,
        to: to.startsWith('@')
          ? to.split('/').slice(0, 2).join('/')
          : to.startsWith('node:')
            ? to
            : (to.split('/')[0] ?? to),
        kind: 'package',
      };
    return { from: file, to: normalize(join(dirname(file), to)), kind: 'file' };
  });
}

function violations(files: readonly (readonly [file: string, source: string])[]): readonly string[] {
  return files.flatMap(([file, source]) =>
    importsOf(file, source).flatMap((each) => [
      ...RULES.filter((rule) => rule.room.test(file) && !rule.allows(each)).map(
        (rule) => `${file} imports ${each.to}: ${rule.says}`,
      ),
      ...OWNED.filter(([name, room]) => each.kind === 'package' && name.test(each.to) && !room.test(file)).map(
        () => `${file} imports ${each.to}: that package is known to one room alone.`,
      ),
    ]),
  );
}

const FILES = globSync(['src/**/*.ts', 'adapters/**/*.ts', 'jobs/**/*.ts'], { cwd: ROOT }).map(
  (file) => [relative(ROOT, join(ROOT, file)), readFileSync(join(ROOT, file), 'utf8')] as const,
);

describe('the architecture', () => {
  it('lets each room import only what its rule names', () => {
    expect(FILES.length).toBeGreaterThan(30);
    expect(violations(FILES)).toEqual([]);
  });

  it.each([
    ['src/domain/planted.ts', "import { readFileSync } from 'node:fs';"],
    ['src/domain/planted.ts', "import { z } from 'zod';"],
    ['src/commands/planted.ts', "import { runHelp } from '../../jobs/help.ts';"],
    ['adapters/dns/planted.ts', "import { openOutbox } from '../redis/outbox.ts';"],
    ['adapters/chat/slack/planted.ts', "import { renderText } from '../terminal/render.ts';"],
    ['adapters/dns/planted.ts', "import type { Config } from '../../src/config/schema.ts';"],
    ['jobs/planted.ts', "import { Queue } from 'bullmq';"],
    ['jobs/planted.ts', "const it = await import('../adapters/dns/client.ts');"],
    ['src/main.ts', "import { App } from '@slack/bolt';"],
  ])('catches a violation planted in %s: %s', (file, source) => {
    expect(violations([[file, source]])).toHaveLength(1);
  });

  it('keeps every file below 401 lines', () => {
    const others = globSync(['test/**/*.ts', 'bench/**/*.ts', 'gallery/**/*.ts'], { cwd: ROOT });
    const all = [...FILES, ...others.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const)];
    expect(all.filter(([, source]) => source.split('\n').length > 401).map(([file]) => file)).toEqual([]);
  });

  it('has a job for every command that is not for the shell alone, and no job without a command', () => {
    const carried = registry.filter((spec) => !spec.shellOnly).map((spec) => spec.name);
    expect(Object.keys(commandJobs).toSorted()).toEqual(carried.toSorted());
  });
});
