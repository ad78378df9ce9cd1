/**
 * freeze-outbound on Sendmail: every mailer that delivers over the network leads to a socket that isn't there.
 *
 * Rules, each found on a real Sendmail 8.17:
 * 1. Not the quarantine (-Q): it holds what is queued at the moment, and what comes in afterwards goes out. Not
 *    HoldExpensive nor a delivery mode of queueing: the next queue run, or `sendmail -q`, empties them.
 * 2. A try is put off (No such file or directory) and the message stays in the queue; users hand in, and local mail goes on.
 *    Mail that is relayed inward over the network is held too.
 * 3. A run of the queue that is under way, the daemon's or one by hand, would go on with all of it; told by HUP it ends with
 *    the message that it is at. That one has left then, and still lies in the queue: it is sent once more after a release.
 * 4. Sessions that are open deliver by what they began with (sessions.ts): they are ended.
 * 5. A release runs the queue, or what waited would wait for its next run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import type { ConfigMeasure } from '../config-measure.ts';
import { POLL_MS } from '../options.ts';
import { freezeMailers, frozenBy, networkMailers } from './mailers.ts';
import { endSessionsOfBefore, sessionsOfBefore } from './sessions.ts';
import { CONFIG, sayMortal } from './tools.ts';
import type { SendmailTools } from './tools.ts';

/** A delivery that is under way ends by itself. */
const ENDS_WITHIN_MS = 5000;

export function sendmailFreeze(tools: SendmailTools): ConfigMeasure {
  const { name, options } = tools;
  return {
    propose: async (_order, _place, text) => {
      const holder = frozenBy(text);
      if (holder !== undefined)
        throw new MeasureRefused(`${name} is frozen already, by measure ${holder}; look at the ledger.`);
      const mortal = await tools.endsAtReload();
      if (mortal !== undefined) throw new MeasureRefused(`${sayMortal(name, mortal)} then say it again.`);
      const mailers = networkMailers(text);
      if (mailers.length === 0)
        throw new MeasureRefused(
          `${CONFIG} on ${name} has no mailer that delivers over the network. Block port 25 on the firewall instead.`,
        );
      return { mailers: mailers.join(' ') };
    },
    blastRadius: async (_order, plans) => [
      (await tools.waiting()).phrase('holds'),
      say`nothing leaves ${name} over the network (${plans[0]?.notes['mailers'] ?? ''}), nor what it relays to servers inside; local delivery and what users hand in go on`,
      say`queue runs that are under way end with the message that they are at, which is sent once more when this is taken back`,
      say`SMTP sessions that are open are ended, as they would send on; clients and other servers come back by themselves, and nothing accepted is lost`,
      ...(options.pagerLeavesHere
        ? [say`the pager's mail leaves through this server too, and is held with the rest`]
        : []),
      say`held mail goes back to its sender after Timeout.queuereturn of sendmail.cf, 5 days unless it says otherwise`,
    ],
    edit: (text, tag) => freezeMailers(text, tag),
    enforce: {
      commands: ['ss -K each SMTP session that was open before, else kill -TERM its process'],
      engage: (plan, fence) => endSessionsOfBefore(tools, plan.path, fence),
    },
    lagging: async (plan, engaged) =>
      engaged
        ? (await sessionsOfBefore(tools, plan.path)).map(
            ({ remote }) => `the session of ${remote} sends on by the configuration of before`,
          )
        : [],
    afterwards: { words: () => ['sendmail -q'], release: (_plan, fence) => tools.sendWaiting(fence) },
    proofs: async (plan) => {
      const open = await tools.networkMailers();
      const sessions = await sessionsOfBefore(tools, plan.path);
      const last = performance.now() + ENDS_WITHIN_MS;
      let running = await tools.delivering();
      while (running > 0 && performance.now() < last) {
        await sleep(POLL_MS);
        running = await tools.delivering();
      }
      return [
        open.length === 0
          ? { right: true, by: say`sendmail -bt lists no mailer that delivers over the network` }
          : { right: false, by: say`sendmail -bt lists mailers that deliver over the network: ${open.join(', ')}` },
        sessions.length === 0
          ? { right: true, by: say`no session of before is open on ${name}` }
          : { right: false, by: say`${sessions.length} sessions of before are still open on ${name}, and send on` },
        running === 0
          ? { right: true, by: say`${name} delivers nothing outward` }
          : { right: false, by: say`${running} deliveries outward of ${name} are still under way` },
      ];
    },
  };
}
