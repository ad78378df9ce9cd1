/**
 * What a refusal of the connector means for a message.
 *
 * 412, 429, 502 and 504 are to be tried again with jitter ("Optimize your bot with rate limiting in Teams"); 403
 * MessageWritesBlocked: the person blocked or removed the app ("Send proactive messages"); 404: the conversation is gone.
 */
import { DeliveryLater, DeliveryNever } from '../../../src/ports/conversation.ts';
import { ConnectorFault } from './connector.ts';

const NO_ANSWER_MS = 3000;
const BUSY_MS = 1500;
const NO_TOKEN_MS = 60_000;

/** `fraction`: a random number from 0 to 1. */
export function deliveryFault(error: unknown, fraction: number): Error {
  if (!(error instanceof ConnectorFault)) return error instanceof Error ? error : new Error(String(error));
  const later = (ms: number): DeliveryLater =>
    new DeliveryLater(error.message, Math.round((error.retryAfterMs ?? ms) * (1 + fraction / 2)), { cause: error });
  const never = (remedy: string): DeliveryNever => new DeliveryNever(`${error.message}. ${remedy}`, { cause: error });
  switch (error.status) {
    case 0:
      return later(error.code === 'NoToken' ? NO_TOKEN_MS : NO_ANSWER_MS);
    case 401:
      return later(NO_TOKEN_MS);
    case 403:
      return never('The app was blocked or removed there; install it again.');
    case 404:
      return never('The conversation or the message is gone.');
    case 400:
    case 405:
    case 413:
      return never('Teams does not take this message.');
    default:
      return later(BUSY_MS);
  }
}
