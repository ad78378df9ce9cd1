import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { message, text } from '../../../src/messages/message.ts';
import { openWebStage } from './stage.ts';
import type { WebStage } from './stage.ts';

const SAID = JSON.stringify({ id: 'event-id-1', room: 'main', text: 'status' });
const MINUTE = 60_000;

describe('the console', () => {
  let stage: WebStage;
  beforeEach(async () => {
    stage = await openWebStage();
  });
  afterEach(() => stage.close());

  it('shows the door, and nothing else, to whoever has no session', async () => {
    for (const path of ['/console', '/console/events', '/console/board', '/console/file?number=1']) {
      const response = await stage.get(path);
      expect(response.status, path).toBe(401);
      expect(await response.text()).toContain('tq console');
    }
    expect((await stage.post('/console/say', SAID)).status).toBe(401);
    expect(stage.heard).toHaveLength(0);
  });

  it('lets a person in by a link, once, and not by looking at it', async () => {
    const pass = stage.pass('anna');
    const looked = await stage.get(`/console/enter?pass=${pass}`);
    expect(await looked.text()).toContain('Enter as anna');
    expect(looked.headers.get('set-cookie')).toBeNull();
    const entered = await stage.post('/console/enter', `pass=${pass}`);
    expect(entered.status).toBe(303);
    expect(entered.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict$/);
    const again = await stage.post('/console/enter', `pass=${pass}`);
    expect(again.status).toBe(401);
    expect(await again.text()).toContain('used already');
  });

  it('refuses a pass after ten minutes, a forged one, and a pass in place of a session', async () => {
    const pass = stage.pass('anna');
    const [body = '', signature = ''] = pass.split('.');
    const other = Buffer.from(body, 'base64url').toString('utf8').replace('anna', 'ben');
    const forged = `${Buffer.from(other).toString('base64url')}.${signature}`;
    expect((await stage.post('/console/enter', `pass=${forged}`)).status).toBe(401);
    expect((await stage.get('/console', { cookie: `tq_console=${pass}` })).status).toBe(401);
    stage.setNow(Date.UTC(2026, 10, 24, 7, 30) + 11 * MINUTE);
    expect((await stage.post('/console/enter', `pass=${pass}`)).status).toBe(401);
  });

  it('ends a session after twelve hours', async () => {
    const cookie = await stage.enter('anna');
    expect((await stage.get('/console', { cookie })).status).toBe(200);
    stage.setNow(Date.UTC(2026, 10, 24, 7, 30) + 721 * MINUTE);
    expect((await stage.get('/console', { cookie })).status).toBe(401);
  });

  it('hears who entered, never who is named in the request', async () => {
    const cookie = await stage.enter('anna');
    await stage.post('/console/say', JSON.stringify({ ...JSON.parse(SAID), who: 'ben' }), { cookie });
    expect(stage.heard.at(-1)?.actor).toMatchObject({ surface: 'web', id: 'anna' });
  });

  it('takes nothing from another site’s page, and answers to no other name', async () => {
    const cookie = await stage.enter('anna');
    const elsewhere = await stage.post('/console/say', SAID, { cookie, origin: 'https://evil.test' });
    expect(elsewhere.status).toBe(403);
    expect((await stage.post('/console/say', SAID, { cookie, origin: 'null' })).status).toBe(403);
    expect(stage.heard).toHaveLength(0);
    const { port } = new URL(stage.console.address);
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const asked = request({ port, path: '/console', headers: { host: 'evil.test', cookie } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(status).toBe(421);
  });

  it.each([
    ['what is no JSON', 'status', 'JSON'],
    ['what has no id', '{"room":"main","text":"status"}', 'id'],
    ['a room that is a path', '{"id":"event-id-1","room":"../x","text":"status"}', 'room'],
    ['nothing', '{"id":"event-id-1","room":"main","text":"  "}', 'nothing was said'],
  ])('refuses %s, and says what is wrong', async (_what, body, word) => {
    const cookie = await stage.enter('anna');
    const response = await stage.post('/console/say', body, { cookie });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(word);
    expect(stage.heard).toHaveLength(0);
  });

  it('gives the answer again to a page that did not get it, and hears it once', async () => {
    const cookie = await stage.enter('anna');
    stage.answerWith({ kind: 'refused', message: message('warning', 'There is no such command.') });
    const first = await (await stage.post('/console/say', SAID, { cookie })).text();
    const again = await (await stage.post('/console/say', SAID, { cookie })).text();
    expect(first).toContain('There is no such command.');
    expect(again).toBe(first);
    expect(stage.heard).toHaveLength(1);
  });

  it('refuses more than 64 kB without keeping it', async () => {
    const cookie = await stage.enter('anna');
    const response = await stage.post('/console/say', `${SAID}${' '.repeat(70_000)}`, { cookie });
    expect(response.status).toBe(413);
  });

  it('tells every open page what is said, and gives a page that comes later all of it', async () => {
    const cookie = await stage.enter('anna');
    const open = await stage.get('/console/events?room=main', { cookie });
    const reader = open.body?.pipeThrough(new TextDecoderStream()).getReader();
    const conversation = stage.console.conversation('main');
    const id = await stage.console.surface.deliver(
      { conversation, key: 'k', message: message('good', 'first') },
      undefined,
    );
    await stage.console.surface.deliver({ conversation, key: 'k', message: message('good', 'second') }, id);
    let seen = '';
    while (!seen.includes('second')) seen += (await reader?.read())?.value ?? '';
    expect(seen).toContain('first');
    await reader?.cancel();
    const later = await stage.get('/console/events?room=main', { cookie });
    const fresh = later.body?.pipeThrough(new TextDecoderStream()).getReader();
    let whole = '';
    while (!whole.includes('event: whole')) whole += (await fresh?.read())?.value ?? '';
    await fresh?.cancel();
    expect(whole).toContain('second');
    expect(whole).not.toContain('first');
  });

  it('hands out a report as a document', async () => {
    const cookie = await stage.enter('anna');
    const conversation = stage.console.conversation('main');
    const file = { name: 'incident-1.md', type: 'text/markdown' as const, text: '# Incident 1' };
    const id = await stage.console.surface.deliver(
      { conversation, key: 'r', message: message('good', 'Closed', text('The report is attached.')), file },
      undefined,
    );
    const response = await stage.get(`/console/file?room=main&number=${id}`, { cookie });
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="incident-1.md"');
    expect(await response.text()).toBe('# Incident 1');
  });

  it('loads nothing from elsewhere and lets no script stand in a page', async () => {
    const cookie = await stage.enter('anna');
    const response = await stage.get('/console', { cookie });
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(await response.text()).not.toMatch(/https?:\/\/|<script>|\son[a-z]+=/);
    for (const path of ['/console/console.js', '/console/console.css'])
      expect((await stage.get(path)).status, path).toBe(200);
  });
});
