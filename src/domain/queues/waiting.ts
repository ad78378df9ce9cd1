/**
 * How many messages a measure would touch, counted as the listing arrives, and who sent most of them lately.
 *
 * Rules: a message that is listed twice counts once; the sender with the most in the last hour is named.
 */
import { foreign, say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';
import { BoundedCounter, FingerprintSet } from './counter.ts';
import type { ListingSink } from './message.ts';

export interface WaitingCount extends ListingSink {
  readonly messages: number;
  /** Such as: holds 1,412 messages that wait now, 37 of them from finance@… in the last hour. */
  phrase(verb: string): Phrase;
}

/** `now`: seconds since 1970 UTC. */
export function countWaiting(now: number): WaitingCount {
  const ids = new FingerprintSet();
  const lately = new BoundedCounter();
  let messages = 0;
  return {
    get messages() {
      return messages;
    },
    message: (each) => {
      if (!ids.add(each.id)) return;
      messages += 1;
      if (now - each.arrival <= 3600) lately.add(each.sender);
    },
    malformed: () => {},
    phrase: (verb) => {
      const [top] = lately.top(1);
      const all = say`${verb} ${counted(messages)} that wait${messages === 1 ? 's' : ''} now`;
      if (top === undefined) return all;
      const sender = top.name === '' ? '<> (null sender)' : foreign(top.name);
      return say`${all}, ${thousands(top.count)} of them from ${sender} in the last hour`;
    },
  };
}

/** 1 message, 1,412 messages. */
export function counted(messages: number): string {
  return `${thousands(messages)} message${messages === 1 ? '' : 's'}`;
}

/** 1,412 */
export function thousands(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
