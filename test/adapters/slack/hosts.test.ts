import { expect, it } from 'vitest';
import { openWeb } from '../../../adapters/chat/slack/web.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => 'warn', setName() {} };
const web = (apiUrl?: string) =>
  openWeb('xoxb-test', apiUrl, quiet as unknown as Parameters<typeof openWeb>[2], {
    told: () => {},
    isAway: false,
    now: Date.now,
  });

it.each([
  ['https://hooks.slack.com/actions/T1/1/x', true],
  ['https://files.slack.com/files-pri/T1-F1/mailq.txt', true],
  ['https://slack.com/api/x', true],
  ['http://hooks.slack.com/actions/T1/1/x', false],
  ['https://hooks.slack.com:8443/x', false],
  ['https://hooks.slack.com.evil.test/x', false],
  ['https://evil.test/hooks.slack.com', false],
  ['https://hooks.slack.com@evil.test/x', false],
  ['https://user:pw@hooks.slack.com/x', false],
  ['https://xn--slack-hooks.com/x', false],
  ['https://SLACK.COM./x', false],
  ['javascript:alert(1)', false],
  ['', false],
])('%j is Slack’s own: %s', (address, ours) => {
  expect(web().isOurs(address)).toBe(ours);
});

it('goes by the API that is configured as well: GovSlack’s hosts are its own, and an IP literal is nobody’s', () => {
  const gov = web('https://slack-gov.com/api/');
  expect(gov.isOurs('https://hooks.slack-gov.com/actions/x')).toBe(true);
  expect(gov.isOurs('https://files.slack-gov.com/x')).toBe(true);
  expect(gov.isOurs('https://169.254.169.254/latest/meta-data')).toBe(false);
});

it('posts to no other address, and says so', async () => {
  await expect(web().post('https://evil.test/x', '{}', 'application/json')).rejects.toThrow(/not_a_host_of_slack/);
});
