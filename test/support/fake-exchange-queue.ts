/**
 * The queues of an Exchange server as queue.ps1 lists them and clean.ps1 changes them, strictly: what is not suspended is
 * not exported, what was not saved is not removed, what is handed in again gets another identity.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Host, Ran } from '../../src/ports/host.ts';

const FOLDER = join(import.meta.dirname, '../../adapters/mail/exchange');
const FILES = new Map(
  ['queue.ps1', 'measures/clean.ps1'].map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const found = text.matchAll(/\[ValidatePattern\('([^']+)'\)\]\s*\[string\] \$(\w+)/g);
    return [file, new Map([...found].map((match) => [match[2] ?? '', new RegExp(match[1] ?? '')]))];
  }),
);
const CLEAN = readFileSync(join(FOLDER, 'measures/clean.ps1'), 'utf8');
const patternOf = (variable: string): RegExp =>
  new RegExp(new RegExp(`^\\$${variable} = '([^']+)'$`, 'm').exec(CLEAN)?.[1] ?? '(?!)');
const HEAD = 'powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:/ProgramData/tourniquet/';

export interface FakeMessage {
  id: string;
  readonly from: string;
  readonly to: string;
  readonly received: string;
  status: 'Active' | 'Suspended';
}

interface Kept {
  readonly files: Map<string, FakeMessage>;
  list: readonly string[] | undefined;
}

export interface FakeExchangeQueue {
  readonly host: Host;
  readonly messages: FakeMessage[];
  readonly saved: Map<string, Kept>;
  receive(from: string, to: string): void;
  /** Without identities, which change when a message is handed in again. */
  state(): string;
}

export function fakeExchangeQueue(): FakeExchangeQueue {
  const messages: FakeMessage[] = [];
  const saved = new Map<string, Kept>();
  let [number, seen] = [0, 0];
  const nextId = (): string => `EX1\\12\\${(number += 1)}`;
  const bindTo = (argv: readonly string[]) => {
    const file = argv[6]?.replace(HEAD.split(' ').at(-1) ?? '', '') ?? '';
    const patterns = FILES.get(file);
    if (!argv.join(' ').startsWith(HEAD) || !patterns) throw new Error(`not the way to start it: ${argv.join(' ')}`);
    const bound = new Map<string, string>();
    for (let at = 7; at < argv.length; at += 2) {
      const name = argv[at]?.slice(1) ?? '';
      if (!patterns.get(name)?.test(argv[at + 1] ?? '')) throw new Error(`Cannot validate argument on '${name}'.`);
      bound.set(name, argv[at + 1] ?? '');
    }
    if (argv.join(' ').length > 8191) throw new Error('The command line is too long.');
    return { file, bound };
  };
  const namesOf = (bound: ReadonlyMap<string, string>, pattern: RegExp): readonly string[] => {
    if (!bound.has('Names')) return [];
    const names = z.array(z.string()).parse(JSON.parse(Buffer.from(bound.get('Names') ?? '', 'base64').toString()));
    const bad = names.find((each) => !pattern.test(each));
    if (bad !== undefined) throw new Error(`This is no name that a step would use: ${bad}`);
    return names;
  };
  const keptAs = (tag: string): Kept => {
    const kept = saved.get(tag) ?? { files: new Map(), list: undefined };
    saved.set(tag, kept);
    return kept;
  };
  const step = (bound: ReadonlyMap<string, string>): readonly object[] => {
    const tag = bound.get('Tag') ?? '';
    const what = bound.get('Do') ?? '';
    const kept = saved.get(tag);
    const setting = (kind: string, id: string, value = ''): object => ({ kind, id, value, rest: '' });
    if (what === 'Look')
      return kept
        ? [
            setting('Folder', tag, kept.list ? 'True' : 'False'),
            ...[...kept.files.keys()].map((name) => setting('Saved', name, '1200')),
            ...(kept.list ?? []).map((name) => setting('Listed', name)),
          ]
        : [];
    const found = (id: string): FakeMessage | undefined => messages.find((each) => each.id === id);
    const fileOf = (id: string): string => `${id.replaceAll('\\', '_')}.eml`;
    switch (what) {
      case 'Begin':
        keptAs(tag);
        break;
      case 'Suspend':
        for (const message of namesOf(bound, patternOf('identity')).map(found))
          if (message) message.status = 'Suspended';
        break;
      case 'Save':
        for (const message of namesOf(bound, patternOf('identity')).map(found))
          if (message?.status === 'Suspended' && !kept?.files.has(fileOf(message.id)))
            keptAs(tag).files.set(fileOf(message.id), message);
        break;
      case 'Remove':
        for (const message of namesOf(bound, patternOf('identity')).map(found))
          if (message && kept?.files.has(fileOf(message.id))) messages.splice(messages.indexOf(message), 1);
        break;
      case 'Finish':
        keptAs(tag).list = [...keptAs(tag).files.keys()];
        break;
      case 'BeginReturn':
        if (kept) kept.list = undefined;
        break;
      case 'Return':
        for (const name of namesOf(bound, patternOf('fileName'))) {
          const message = kept?.files.get(name);
          const isThere = found(name.replace(/\.eml$/, '').replaceAll('_', '\\')) !== undefined;
          if (message && !isThere) messages.push({ ...message, id: nextId(), status: 'Active' });
          kept?.files.delete(name);
        }
        break;
      default:
        saved.delete(tag);
    }
    return [];
  };
  const printed = (bound: ReadonlyMap<string, string>, lines: readonly string[]): string =>
    ['Welcome!', `begin ${bound.get('Marker') ?? ''}`, ...lines, `end ${bound.get('Marker') ?? ''}`, ''].join('\r\n');
  const run = (argv: readonly string[]): Ran => {
    const { bound } = bindTo(argv);
    if (bound.get('Do') !== 'Look') {
      const fence = Number(bound.get('Fence'));
      if (!(fence >= seen)) return { code: 75, out: '', err: 'tourniquet: a later hand has acted\r\n' };
      seen = fence;
    }
    return { code: 0, out: printed(bound, [JSON.stringify(step(bound))]), err: '' };
  };
  return {
    messages,
    saved,
    receive: (from, to) => {
      const received = new Date(Date.UTC(2026, 10, 24, 3, 22, number)).toISOString().replace('Z', '0000Z');
      messages.push({ id: nextId(), from, to, received, status: 'Active' });
    },
    state: () =>
      JSON.stringify([
        messages.map(({ from, to, received }) => `${from} ${to} ${received}`).toSorted(),
        [...saved].map(([tag, { files, list }]) => [tag, files.size, list?.length]),
      ]),
    host: {
      run: async (argv) => run(argv),
      async *lines(argv) {
        const { file, bound } = bindTo(argv);
        if (file !== 'queue.ps1') throw new Error(`not asked for: ${file}`);
        const objects = messages.map(({ id, from, to, received }) =>
          JSON.stringify({
            id,
            queue: id.split('\\').slice(0, 2).join('\\'),
            type: 'DnsConnectorDelivery',
            from,
            size: '1.2 KB (1,200 bytes)',
            received,
            error: '',
            source: 'SMTP:Client',
            recipients: [to],
          }),
        );
        yield printed(bound, objects).split('\r\n');
      },
    },
  };
}
