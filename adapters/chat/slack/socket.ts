/**
 * The way in over Socket Mode: outbound only, best when one's own edge is in doubt.
 *
 * Rules:
 * 1. An envelope is acknowledged once it has been heard; what could not be heard is not, so that Slack sends it again.
 * 2. A connection that ends is made again, after one second and then at most every thirty, for as long as it takes
 *    (Bolt's own client gives up for ever when the first call fails).
 */
import { SocketModeReceiver } from '@slack/bolt';
import type { App, Logger } from '@slack/bolt';
import { fieldsOf } from './record.ts';
import { runThroughBolt } from './receiver.ts';

const SLOWEST_MS = 30_000;

type Event = Parameters<App['processEvent']>[0];

class HeldReceiver extends SocketModeReceiver {
  override init(app: App): void {
    const held = { processEvent: (event: Event) => hear(app, event) };
    super.init(held as unknown as App);
  }
}

async function hear(app: App, event: Event): Promise<void> {
  const outcome = await runThroughBolt(app, fieldsOf(event.body), event.retryNum, event.retryReason);
  if (outcome.status !== 200) return;
  await event.ack(
    outcome.type === 'application/json' ? JSON.parse(outcome.body) : outcome.body === '' ? undefined : outcome.body,
  );
}

export interface SocketRoad {
  readonly receiver: SocketModeReceiver;
  /** Connects and stays connected; `told` hears each change. */
  open(told: (connected: boolean, why: string) => void): void;
  close(): Promise<void>;
}

export function makeSocketRoad(appToken: string, apiUrl: string | undefined, logger: Logger): SocketRoad {
  const receiver = new HeldReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: {
      clientOptions: {
        retryConfig: { retries: 0 },
        timeout: 10_000,
        ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
      },
    },
  });
  const { client } = receiver;
  let closed = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  const open = (told: (connected: boolean, why: string) => void): void => {
    const connect = (): void => {
      client.start().then(
        () => {
          failures = 0;
          told(true, '');
        },
        (error: unknown) => again(error instanceof Error ? error.message : 'the connection ended'),
      );
    };
    const again = (why: string): void => {
      if (closed || timer) return;
      told(false, why);
      timer = setTimeout(
        () => {
          timer = undefined;
          connect();
        },
        Math.min(1000 * 2 ** failures, SLOWEST_MS),
      );
      failures = Math.min(failures + 1, 5);
    };
    client.on('disconnected', () => again('the connection ended'));
    client.on('error', () => {});
    connect();
  };
  return {
    receiver,
    open,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await Promise.race([
        client.disconnect().catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, 500).unref()),
      ]);
    },
  };
}
