import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENTS, SCOPES, makeManifest } from '../../../adapters/chat/slack/manifest.ts';
import { LIMITS } from '../../../adapters/chat/slack/limits.ts';
import { registry } from '../../../src/commands/registry.ts';
import { makeBot } from '../../support/bot.ts';
import { METHODS } from '../../support/slack/methods.ts';

const ROOM = join(import.meta.dirname, '../../../adapters/chat/slack');
const CODE = globSync('**/*.ts', { cwd: ROOM })
  .map((file) => readFileSync(join(ROOM, file), 'utf8'))
  .join('\n');

/** Scopes by which an event is delivered (docs.slack.dev/reference/events). */
const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_mention: ['app_mentions:read'],
  message: ['im:history', 'channels:history', 'groups:history'],
  app_home_opened: [],
  reaction_added: ['reactions:read'],
};

it('subscribes to exactly the events that are listened to', () => {
  const listened = [...CODE.matchAll(/app\.event\('([a-z_]+)'/g)].map((match) => match[1] ?? '');
  expect([...new Set(EVENTS.map((event) => event.split('.')[0] ?? ''))].toSorted()).toEqual(listened.toSorted());
});

it('asks for exactly the permissions that the code needs, each with its reason', () => {
  const called = [...CODE.matchAll(/web\s*\.call\('([A-Za-z.]+)'|send\(\s*'([A-Za-z.]+)'/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  expect(called.length).toBeGreaterThan(8);
  for (const method of [...called, 'conversations.info', 'users.info']) expect(METHODS[method], method).toBeDefined();
  const needed = new Set([
    ...[...called, 'conversations.info', 'users.info'].flatMap((method) => METHODS[method]?.scope ?? []),
    ...Object.values(EVENT_SCOPES).flat(),
    // Slash commands and shortcuts; private channels' information; private downloads.
    'commands',
    'groups:read',
    'files:read',
  ]);
  expect(Object.keys(SCOPES).toSorted()).toEqual([...needed].toSorted());
  for (const [scope, why] of Object.entries(SCOPES)) expect(why.length, scope).toBeGreaterThan(10);
});

it('names every command of the registry and keeps Slack’s limits', () => {
  const manifest = makeManifest({ command: '/tq', registry, url: undefined });
  const [command] = manifest.features.slash_commands;
  for (const spec of registry.filter((each) => !each.shellOnly))
    expect(command?.usage_hint.split(' | ')).toContain(spec.name);
  expect(command?.usage_hint.length).toBeLessThanOrEqual(LIMITS.manifestHint);
  expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
  expect(manifest.features.shortcuts.every((each) => each.name.length <= 24 && each.description.length <= 150)).toBe(
    true,
  );
  for (const shortcut of manifest.features.shortcuts) expect(CODE).toContain(`'${shortcut.callback_id}'`);
});

it('is for Socket Mode without an address, and for HTTP with one', () => {
  expect(makeManifest({ command: '/tq', registry, url: undefined }).settings).toMatchObject({
    socket_mode_enabled: true,
    interactivity: { is_enabled: true },
  });
  const http = makeManifest({ command: '/tq', registry, url: 'https://tq.example.com/' });
  expect(http.settings).toMatchObject({
    socket_mode_enabled: false,
    event_subscriptions: { request_url: 'https://tq.example.com/slack/events' },
  });
  expect(http.features.slash_commands[0]).toMatchObject({ url: 'https://tq.example.com/slack/events' });
});

it('is printed by tq slack manifest, with the reasons as comments, without any Redis', async () => {
  const bot = makeBot();
  const said = await bot.run(['slack', 'manifest', '--url', 'https://tq.example.com'], {
    env: { REDIS_URL: 'redis://127.0.0.1:1' },
  });
  expect(said.status).toBe(0);
  expect(said.out).toMatch(/- users:read # telling guests from members/);
  const json = await bot.run(['slack', 'manifest', '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ settings: { socket_mode_enabled: true } });
  expect((await bot.run(['slack', 'manifest', '--url', 'http://x'])).status).toBe(64);
  await bot.clean();
});
