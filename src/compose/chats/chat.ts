/** What a chat is given to start with, and what it is once it runs. */
import type { HttpListener } from '../../../adapters/http/listener.ts';
import type { Log } from '../../../adapters/log/log.ts';
import type { Service } from '../service.ts';
import type { Settings } from '../settings.ts';

export interface ChatNeeds {
  readonly service: Service;
  readonly settings: Settings;
  readonly log: Log;
  /** Shared: register the chat's path; it is opened once all chats have started. */
  readonly listener: HttpListener;
}

export interface RunningChat {
  /** One line for the log: how it is reached. */
  readonly how: string;
  close(): Promise<void>;
}
