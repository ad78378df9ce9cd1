/** People in the simulated workspace: what they type, press and drop reaches the app as Slack would send it. */
import { createHmac } from 'node:crypto';
import { record } from './methods.ts';
import { SIGNING_SECRET } from './server.ts';
import type { SlackServer } from './server.ts';
import { BOT, TEAM } from './workspace.ts';
import type { Posted } from './workspace.ts';

/** What the app answered to one request. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

export interface Sent extends Reply {
  /** What was sent, to be delivered again by another road. */
  readonly payload: SlackPayload;
  /** The same event once more, newly signed, as Slack redelivers it. */
  again(): Promise<Reply>;
}

/** How a request reaches the app: over HTTP, or through the socket. */
export type Road = (payload: SlackPayload, retry: number) => Promise<Reply>;

export type SlackPayload =
  | { readonly kind: 'command' | 'interactive'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'event'; readonly body: Readonly<Record<string, unknown>> };

export interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request signed as Slack signs it (v0). `at` in seconds since 1970 UTC. */
export function sign(body: string, type: string, at = Math.floor(Date.now() / 1000), secret = SIGNING_SECRET): Signed {
  const signature = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex');
  return {
    body,
    headers: { 'content-type': type, 'x-slack-request-timestamp': String(at), 'x-slack-signature': `v0=${signature}` },
  };
}

export function encode(payload: SlackPayload): readonly [body: string, type: string] {
  const form = 'application/x-www-form-urlencoded';
  if (payload.kind === 'event') return [JSON.stringify(payload.body), 'application/json'];
  if (payload.kind === 'interactive')
    return [new URLSearchParams({ payload: JSON.stringify(payload.body) }).toString(), form];
  return [
    new URLSearchParams(
      Object.fromEntries(Object.entries(payload.body).map(([key, value]) => [key, String(value)])),
    ).toString(),
    form,
  ];
}

export function overHttp(eventsUrl: string): Road {
  return async (payload, retry) => {
    // A redelivery comes later, so that its signature is another.
    const signed = sign(...encode(payload), Math.floor(Date.now() / 1000) + retry);
    const began = performance.now();
    const response = await fetch(eventsUrl, {
      method: 'POST',
      body: signed.body,
      headers: {
        ...signed.headers,
        ...(retry > 0 && { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' }),
      },
    });
    const body = await response.text();
    return { status: response.status, body, ms: performance.now() - began };
  };
}

export function overSocket(slack: SlackServer): Road {
  const types = { command: 'slash_commands', interactive: 'interactive', event: 'events_api' } as const;
  return async (payload) => {
    const began = performance.now();
    const answer = await slack.envelope(types[payload.kind], payload.body);
    return {
      status: answer === undefined ? 0 : 200,
      body: JSON.stringify(answer ?? ''),
      ms: performance.now() - began,
    };
  };
}

export interface PersonOptions {
  readonly id?: string;
  readonly team?: string;
  readonly channel?: string;
}

export class Person {
  readonly id: string;
  readonly team: string;
  readonly channel: string;
  /** What was sent last, answered or not. */
  last: SlackPayload | undefined;
  readonly #slack: SlackServer;
  readonly #road: Road;
  constructor(slack: SlackServer, road: Road, options: PersonOptions = {}) {
    this.#slack = slack;
    this.#road = road;
    this.id = options.id ?? 'U0ANNA';
    this.team = options.team ?? TEAM;
    this.channel = options.channel ?? 'C0OPS';
  }

  in(channel: string): Person {
    return new Person(this.#slack, this.#road, { id: this.id, team: this.team, channel });
  }

  command(text: string, command = '/tq'): Promise<Sent> {
    const { workspace } = this.#slack;
    return this.#send({
      kind: 'command',
      body: {
        token: 'legacy',
        team_id: this.team,
        team_domain: 'home',
        channel_id: this.channel,
        channel_name: 'ops',
        user_id: this.id,
        user_name: 'whatever-they-like',
        command,
        text,
        api_app_id: 'A0APP',
        is_enterprise_install: 'false',
        response_url: this.#slack.responseUrl(this.channel, this.id),
        trigger_id: workspace.newTrigger(),
      },
    });
  }

  mention(text: string, thread?: string): Promise<Sent> {
    return this.event({
      type: 'app_mention',
      text: `<@${BOT}> ${text}`,
      ts: this.#slack.workspace.nextTs(),
      ...(thread !== undefined && { thread_ts: thread }),
    });
  }

  /** A message without a mention: in a direct conversation, or in a thread beneath `parent`. */
  write(text: string, more: Readonly<Record<string, unknown>> = {}): Promise<Sent> {
    const kind = this.channel.startsWith('D') ? 'im' : 'channel';
    return this.event({ type: 'message', channel_type: kind, text, ts: this.#slack.workspace.nextTs(), ...more });
  }

  reply(parent: Posted, text: string): Promise<Sent> {
    return this.write(text, { thread_ts: parent.thread ?? parent.ts, parent_user_id: parent.user });
  }

  /** `more`: of the file; `parent`: the message that it is dropped beneath. */
  drop(
    name: string,
    content: string,
    text = '',
    more: Readonly<Record<string, unknown>> = {},
    parent?: Posted,
  ): Promise<Sent> {
    const id = this.#slack.workspace.nextId('F');
    this.#slack.workspace.drops.set(id, Buffer.from(content));
    const file = {
      id,
      name,
      size: Buffer.byteLength(content),
      url_private_download: `${this.#slack.base}/files/${id}`,
      ...more,
    };
    const thread = parent && { thread_ts: parent.thread ?? parent.ts, parent_user_id: parent.user };
    return this.write(text, { subtype: 'file_share', files: [file], ...thread });
  }

  react(reaction: string, to: Posted): Promise<Sent> {
    return this.event({
      type: 'reaction_added',
      reaction,
      item: { type: 'message', channel: to.channel, ts: to.ts },
      item_user: to.user,
      event_ts: this.#slack.workspace.nextTs(),
    });
  }

  openHome(): Promise<Sent> {
    return this.event({ type: 'app_home_opened', tab: 'home', channel: `D${this.id.slice(1)}` });
  }

  event(event: Readonly<Record<string, unknown>>): Promise<Sent> {
    const { thread_ts: thread, ts } = event;
    if (typeof thread === 'string' && thread !== ts) this.#slack.workspace.threads.add(thread);
    return this.#send({
      kind: 'event',
      body: {
        type: 'event_callback',
        token: 'legacy',
        team_id: TEAM,
        api_app_id: 'A0APP',
        event_id: this.#slack.workspace.nextId('Ev'),
        event_time: Math.floor(Date.now() / 1000),
        authorizations: [{ team_id: TEAM, user_id: BOT, is_bot: true, is_enterprise_install: false }],
        event: { user: this.id, user_team: this.team, channel: this.channel, ...event },
      },
    });
  }

  /** Presses a button, or chooses from a menu, by its label. */
  press(posted: Posted, label: string, more: Readonly<Record<string, unknown>> = {}): Promise<Sent> {
    const found = elementOf(posted.blocks, label);
    if (!found) throw new Error(`there is no button ${label} on ${JSON.stringify(posted.blocks)}`);
    const thread = posted.thread !== undefined && { thread_ts: posted.thread };
    return this.#interactive({
      type: 'block_actions',
      container: {
        type: 'message',
        message_ts: posted.ts,
        channel_id: posted.channel,
        is_ephemeral: posted.to !== undefined,
        ...thread,
      },
      channel: { id: posted.channel, name: 'ops' },
      ...(posted.to === undefined && { message: { ts: posted.ts, ...thread } }),
      response_url: this.#slack.responseUrl(posted.channel, this.id),
      actions: [{ ...found, action_ts: this.#slack.workspace.nextTs(), block_id: 'b1' }],
      ...more,
    });
  }

  shortcut(text: string, callback: string): Promise<Sent> {
    const ts = this.#slack.workspace.nextTs();
    return this.#interactive({
      type: 'message_action',
      callback_id: callback,
      channel: { id: this.channel, name: 'ops' },
      message: { type: 'message', text, ts, user: 'U0BEN' },
      message_ts: ts,
      action_ts: ts,
      response_url: this.#slack.responseUrl(this.channel, this.id),
    });
  }

  submit(viewId: string, values: Readonly<Record<string, string>>): Promise<Sent> {
    const found = this.#slack.workspace.views.find((each) => each.id === viewId);
    if (!found) throw new Error(`there is no view ${viewId}`);
    const state = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { [name]: { type: 'plain_text_input', value } }]),
    );
    return this.#interactive({
      type: 'view_submission',
      view: { ...found.view, id: viewId, hash: 'h1', state: { values: state } },
    });
  }

  /** Closes a form without submitting it. */
  closeForm(viewId: string): Promise<Sent> {
    const found = this.#slack.workspace.views.find((each) => each.id === viewId);
    if (!found) throw new Error(`there is no view ${viewId}`);
    return this.#interactive({ type: 'view_closed', view: { ...found.view, id: viewId }, is_cleared: false });
  }

  #interactive(body: Readonly<Record<string, unknown>>): Promise<Sent> {
    return this.#send({
      kind: 'interactive',
      body: {
        team: { id: TEAM, domain: 'home' },
        user: { id: this.id, team_id: this.team, username: 'whatever', name: 'whatever' },
        api_app_id: 'A0APP',
        token: 'legacy',
        trigger_id: this.#slack.workspace.newTrigger(),
        ...body,
      },
    });
  }

  /** What was sent last once more, though it has not been answered yet. */
  resend(): Promise<Reply> {
    if (!this.last) throw new Error('nothing was sent');
    return this.#road(this.last, 1);
  }

  async #send(payload: SlackPayload): Promise<Sent> {
    this.last = payload;
    const reply = await this.#road(payload, 0);
    return { ...reply, payload, again: () => this.#road(payload, 1) };
  }
}

/** The element with this label, as an action carries it. */
function elementOf(blocks: readonly unknown[], label: string): Readonly<Record<string, unknown>> | undefined {
  for (const block of blocks.map(record)) {
    for (const element of (Array.isArray(block['elements']) ? block['elements'] : []).map(record)) {
      if (element['type'] === 'button' && record(element['text'])['text'] === label)
        return { type: 'button', action_id: element['action_id'], value: element['value'], text: element['text'] };
      const options = Array.isArray(element['options']) ? element['options'].map(record) : [];
      const option = options.find((each) => record(each['text'])['text'] === label);
      if (option) return { type: 'static_select', action_id: element['action_id'], selected_option: option };
    }
  }
  return undefined;
}
