/** Every way into the bot from Slack, by a whole bot, over both roads: what is entered reaches the incident. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { startService } from '../support/service.ts';
import type { Service } from '../support/service.ts';
import { Person, overHttp, overSocket } from '../support/slack/person.ts';
import { roadTo, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import type { Posted } from '../support/slack/workspace.ts';

const CONFIGURATION = `sites: [{name: hq, addresses: [9.9.9.9]}]
resolvers: ["127.0.0.1:9"]
people: [{name: anna, role: admin, slack: T0HOME/U0ANNA}]
chat: {slack: {channel: C0OPS}}
`;
const DUMP = JSON.stringify({
  queue_name: 'deferred',
  queue_id: '4A8430100A',
  arrival_time: 1_795_490_579,
  message_size: 1234,
  sender: 'newsletter@example.com',
  recipients: [{ address: 'x@example.net', delay_reason: 'connection timed out' }],
});
/** As a person copies it out of their mail, and Slack makes links of it. */
const BOUNCE = `Delivery has failed to these recipients or groups:
<mailto:bob@partner.example|bob@partner.example>
Your message couldn't be delivered. Remote server returned '550 5.7.1 Service unavailable; client host [185.12.45.7] blocked using <http://zen.spamhaus.org|zen.spamhaus.org>; <https://check.spamhaus.org/query/ip/185.12.45.7>'
Reporting-MTA: dns; mx1.example.com
Action: failed`;
describeLab('the ways into the bot in Slack', { sets: ['redis'] }, () => {
  describe.each(['http', 'socket'] as const)('over %s', (road) => {
    let slack: SlackServer;
    let bot: Bot;
    let service: Service;
    let headline: Posted;
    beforeAll(async () => {
      bot = makeBot();
      slack = await startSlackServer();
      service = await startService(bot, { ...roadTo(slack, road), config: CONFIGURATION });
      await anna().command('open hq mail is refused');
      await until(() => said('mail is refused').some(isHeadline), 20_000, 'the incident');
      const found = said('mail is refused').find(isHeadline);
      if (!found) throw new Error('no headline');
      headline = found;
    });
    afterAll(async () => {
      await service.stop();
      await slack.close();
      await bot.clean();
    });

    const anna = (): Person =>
      new Person(slack, road === 'http' ? overHttp(`${service.address}/slack/events`) : overSocket(slack));
    const said = (words: string): readonly Posted[] =>
      slack.workspace.posted.filter((each) => JSON.stringify([each.text, each.blocks]).includes(words));
    const isHeadline = (each: Posted): boolean => each.thread === undefined && each.to === undefined;
    const beneath = (words: string): boolean => said(words).some((each) => each.thread === headline.ts);
    const report = async (): Promise<string> => {
      const { out } = await bot.run(['report', '1']);
      return out;
    };
    const openedForm = async (before: number): Promise<string> => {
      await until(() => slack.workspace.views.length > before, 10_000, 'the form');
      return slack.workspace.views.at(-1)?.id ?? '';
    };

    it('a stopwatch on a message of the thread puts it on the timeline', async () => {
      await anna().reply(headline, 'note the ISP called at five past');
      await until(() => beneath('Noted in incident 1'), 15_000, 'the note');
      const [noted] = said('Noted in incident 1').filter((each) => each.thread === headline.ts);
      if (!noted) throw new Error('no answer to the note');
      expect((await anna().react('stopwatch', noted)).status).toBe(200);
      await until(async () => (await report()).includes('Noted in incident 1'), 20_000, 'it in the report');
      expect(await report()).toContain('the ISP called at five past');
    });

    it('a bounce becomes a form with what was found in it, and the form as it stands an incident', async () => {
      const before = slack.workspace.views.length;
      await anna().shortcut(BOUNCE, 'tq.bounce');
      const form = await openedForm(before);
      const view = JSON.stringify(slack.workspace.views.at(-1)?.view);
      for (const found of ['185.12.45.7', 'zen.spamhaus.org', '550 5.7.1', 'partner.example'])
        expect(view).toContain(found);
      const words = /"initial_value":"([^"]+)"/.exec(view)?.[1] ?? '';
      expect(words).toMatch(/^open .*185\.12\.45\.7/);
      // A form that submits is answered with nothing: Slack closes it.
      expect(await anna().submit(form, { words })).toMatchObject({
        status: 200,
        body: expect.stringMatching(/^(\{\})?$/),
      });
      await until(
        () => said('185.12.45.7').some((each) => each.to === undefined && each.text.includes('Incident')),
        20_000,
        'the incident',
      );
      expect(JSON.stringify(said('185.12.45.7').map((each) => each.blocks))).toContain('zen.spamhaus.org');
    });

    it('a form that is closed has no effect', async () => {
      const before = slack.workspace.views.length;
      await anna().shortcut(BOUNCE.replaceAll('185.12.45.7', '185.12.45.99'), 'tq.bounce');
      const form = await openedForm(before);
      expect((await anna().closeForm(form)).status).toBe(200);
      await anna().command('windows 6.1.7601');
      await until(() => said('Windows 7').length > 0, 20_000, 'what was said after it');
      expect(said('185.12.45.99')).toEqual([]);
    });

    it('a form whose words are no command stays open and says why', async () => {
      const before = slack.workspace.views.length;
      await anna().shortcut('550 5.7.1 go away', 'tq.bounce');
      const refused = await anna().submit(await openedForm(before), { words: 'opne hq' });
      expect(JSON.parse(refused.body)).toMatchObject({
        response_action: 'errors',
        errors: { words: expect.stringContaining('did you mean open?') },
      });
    });

    it('a dropped queue dump is read', async () => {
      const dropped = await anna().in('D0ANNA').drop('queue.json', `${DUMP}\n`, 'queue --mta postfix');
      expect(dropped.status).toBe(200);
      await until(() => said('newsletter@example.com').length > 0, 20_000, 'the queue');
    });

    it('a listing dropped without a word is shown with what it suggests and the next step', async () => {
      await anna()
        .in('D0ANNA')
        .drop('mailq.json', `${DUMP.replace('newsletter', 'lonely')}\n`);
      await until(() => said('lonely@example.com').length > 0, 20_000, 'the queue');
      const [shown] = said('lonely@example.com');
      expect(JSON.stringify(shown?.blocks)).toMatch(/By this queue alone: [^"]+/);
      expect(JSON.stringify(shown?.blocks)).toContain('Next: ');
    });

    it('a listing dropped beneath an incident judges it again with that listing', async () => {
      const flood = Array.from({ length: 700 }, (_, index) =>
        DUMP.replace('4A8430100A', `4A8430${1000 + index}`)
          .replace('newsletter@example.com', 'MAILER-DAEMON')
          .replace('x@example.net', `v@victim${index}.example`),
      );
      await anna().drop('mailq.json', `${flood.join('\n')}\n`, 'queue', {}, headline);
      await until(() => beneath('This is the verdict of incident 1 now'), 30_000, 'the verdict');
      const [judged] = said('This is the verdict of incident 1 now');
      expect(JSON.stringify(judged)).toContain('NDR attack');
      expect(JSON.stringify(judged)).toContain('The queue that was handed over');
    });

    it('the App Home shows sites and open incidents', async () => {
      expect((await anna().openHome()).status).toBe(200);
      const home = (): string =>
        JSON.stringify(slack.workspace.views.filter((each) => each.kind === 'home').map((each) => each.view));
      await until(() => home().includes('hq') && home().includes('mail is refused'), 15_000, 'the board');
    });
  });
});
