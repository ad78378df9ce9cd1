/**
 * freeze-outbound and reroute on Exim: a router that comes first.
 *
 * Rules, each found on a real Exim:
 * 1. A `:defer:` router, not `queue_only` (the daemon's own queue runner empties it) nor `hold_domains` (-qf does).
 * 2. With `no_verify`, or users get errors when they hand in. But `cutthrough_delivery` sends by the route that verifying
 *    finds, while the message comes in: where it is used, verifying ends at a router of ours that leads nowhere. So it does
 *    where addresses are verified by callouts: each is a connection to port 25 outside, and would accuse the server itself.
 * 3. Queue runs that are under way go on by what they have read, so they are ended (deliveries.ts).
 * 4. After a release, messages would wait for their next retry; `exim -qf` sends what isn't frozen at once.
 */
import { say } from '../../../../src/domain/foreign.ts';
import { blocksOf, putBlock } from '../../../../src/domain/measures/marked-block.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import type { ConfigMeasure, PlacePlan } from '../config-measure.ts';
import { hasList, putFirstIn } from './config.ts';
import { GRACE_MS, callsOut, cutsThrough, deliveriesOfBefore, endDeliveriesOfBefore } from './deliveries.ts';
import type { EximTools } from './tools.ts';

const DEADLINE_MS = 20_000;
/** An address outside that is routed and never written to (RFC 2606). */
const PROBE = 'postmaster@example.com';

export function eximFreeze(tools: EximTools): ConfigMeasure {
  const { name, options } = tools;
  return {
    propose: async (_order, { id }, text) => {
      mustBeFree(text, name);
      const cuts = (await cutsThrough(tools)) || (await callsOut(tools));
      return { domains: await outsideDomains(tools, id), ...(cuts && { cutsThrough: 'true' }) };
    },
    blastRadius: async (_order, plans) => [
      (await tools.waiting()).phrase('holds'),
      say`nothing leaves ${name} for domains that are not its own (${plans[0]?.notes['domains'] ?? ''}); inbound mail, local delivery and what users hand in go on`,
      say`queue runs that are under way are ended; what they deliver at that moment has ${GRACE_MS / 1000} s to be finished`,
      ...(options.pagerLeavesHere
        ? [say`the pager's mail leaves through this server too, and is held with the rest`]
        : []),
    ],
    edit: (text, tag, plan) =>
      putRouter(text, tag, plan, [
        ...(plan.notes['cutsThrough'] === undefined ? [] : verifyRouter(tag, plan.notes['domains'] ?? '')),
        `tourniquet_freeze_${tag}:`,
        '  driver = redirect',
        `  domains = ${plan.notes['domains'] ?? ''}`,
        '  allow_defer',
        `  data = :defer: outbound mail is frozen (${tag})`,
        '  no_verify',
        '',
      ]),
    enforce: {
      commands: [
        `kill -TERM (queue runs and deliveries that began before; what is under way after ${GRACE_MS / 1000} s), else -KILL`,
      ],
      engage: (plan, fence) => endDeliveriesOfBefore(tools, plan.path, fence),
    },
    afterwards: { words: () => ['exim -qf'], release: (_plan, fence) => tools.sendWaiting(fence) },
    lagging: async (plan, engaged) =>
      engaged
        ? (await deliveriesOfBefore(tools, plan.path)).map(
            ({ pid }) => `process ${pid} still delivers by the configuration of before`,
          )
        : [],
    proofs: async (plan, task) => {
      const tried = await tools.exim(['-bt', PROBE]);
      const says = tried.out.includes(`outbound mail is frozen (${task.tag})`);
      const before = says ? await deliveriesOfBefore(tools, plan.path) : [];
      return [
        says && tried.code !== 0
          ? { right: true, by: say`exim -bt says of an address outside: outbound mail is frozen (${task.tag})` }
          : { right: false, by: say`exim -bt would still deliver to an address outside` },
        before.length === 0
          ? { right: true, by: say`no delivery of ${name} that began before is under way` }
          : { right: false, by: say`${before.length} deliveries of ${name} that began before still go on` },
      ];
    },
  };
}

/** It accepts, and knows no host: nothing is passed on, and nobody is asked, while a message comes in. */
function verifyRouter(tag: string, domains: string): readonly string[] {
  return [`tourniquet_verify_${tag}:`, '  driver = accept', `  domains = ${domains}`, '  verify_only', ''];
}

export function eximReroute(tools: EximTools): ConfigMeasure {
  const { name, options } = tools;
  const { smartHost } = options;
  return {
    propose: async (_order, { id, path }, text) => {
      if (!smartHost)
        throw new MeasureRefused(
          `No relay of the provider is known for ${name}; write it under smartHost in tourniquet.yaml.`,
        );
      mustBeFree(text, name);
      if (smartHost.loginFile !== undefined) await mustBeForEximAlone(tools, smartHost.loginFile, smartHost.host);
      if (path !== id)
        throw new MeasureRefused(
          `Rerouting ${name} needs a transport too, which a prepared file of routers can't hold; set its smarthost with its own means (dc_smarthost on Debian).`,
        );
      return {
        domains: await outsideDomains(tools, id),
        host: smartHost.host,
        port: String(smartHost.port),
        loginFile: smartHost.loginFile ?? '',
      };
    },
    blastRadius: async () => [
      (await tools.waiting()).phrase(`sends through ${smartHost?.host ?? ''}, at their next attempt,`),
      say`clean the queue first: spam sent through the provider's relay has that cut off too, and the SPF record must name it`,
      ...(options.pagerLeavesHere ? [say`the pager's mail goes the same way`] : []),
    ],
    edit: (text, tag, plan) => putRelay(text, tag, plan),
    lagging: async () => [],
    proofs: async (plan, task) => {
      const tried = await tools.exim(['-bt', PROBE]);
      const right = tried.out.includes(`router = tourniquet_reroute_${task.tag}`);
      return [
        right
          ? { right, by: say`exim -bt sends an address outside through ${plan.notes['host'] ?? ''}` }
          : { right, by: say`exim -bt does not send an address outside through ${plan.notes['host'] ?? ''}` },
      ];
    },
  };
}

function putRelay(text: string, tag: string, plan: PlacePlan): string {
  const { domains = '', host = '', port = '', loginFile = '' } = plan.notes;
  const routed = putRouter(text, tag, plan, [
    `tourniquet_reroute_${tag}:`,
    '  driver = manualroute',
    `  domains = ${domains}`,
    `  transport = tourniquet_relay_${tag}`,
    `  route_list = * ${host.replaceAll(':', '::')} byname`,
    '  self = send',
    '  no_more',
    '',
  ]);
  const login = loginFile !== '';
  const transported = putFirstIn(routed, 'transports', tag, [
    `tourniquet_relay_${tag}:`,
    '  driver = smtp',
    `  port = ${port}`,
    // TLS from the first octet (RFC 8314).
    ...(port === '465' ? ['  protocol = smtps'] : []),
    ...(login ? ['  hosts_require_tls = *', '  hosts_require_auth = *'] : []),
    '',
  ]);
  if (!login) return transported;
  const value = `\${lookup{${host}}lsearch{${loginFile}}{$value}fail}`;
  const user = `\${extract{1}{:}{${value}}}`;
  // All after the first colon; a ^ that is meant is written twice, as one alone stands between the parts.
  const password = `\${sg{\${sg{${value}}{\\N^[^:]*:\\N}{}}}{\\N\\^\\N}{^^}}`;
  return putFirstIn(transported, 'authenticators', tag, [
    `tourniquet_login_${tag}:`,
    '  driver = plaintext',
    '  public_name = PLAIN',
    `  client_send = <; ^${user}^${password}`,
    '',
  ]);
}

/** A prepared file holds routers alone: there the first line is the first router. */
function putRouter(text: string, tag: string, plan: PlacePlan, lines: readonly string[]): string {
  return plan.path === plan.id ? putFirstIn(text, 'routers', tag, lines) : putBlock(text, { tag, lines }, 0);
}

function mustBeFree(text: string, name: string): void {
  const holder = /^tourniquet_(?:freeze|reroute)_(tq\d+):$/m.exec(text)?.[1];
  if (holder !== undefined && blocksOf(text, holder).length > 0)
    throw new MeasureRefused(`The way out of ${name} is held by measure ${holder} already; look at the ledger.`);
}

/** Inbound mail for domains that it relays to goes on. */
async function outsideDomains(tools: EximTools, configFile: string): Promise<string> {
  const config = (await tools.files.read(configFile)) ?? '';
  if (!hasList(config, 'local_domains'))
    throw new MeasureRefused(
      `${configFile} on ${tools.name} has no domainlist local_domains, so that it isn't known what stays inside; define it.`,
    );
  return hasList(config, 'relay_to_domains') ? '! +local_domains : ! +relay_to_domains' : '! +local_domains';
}

/** Its deliveries run as Exim's own user. */
async function mustBeForEximAlone(tools: EximTools, file: string, relay: string): Promise<void> {
  const { name, host } = tools;
  const seen = await host.run(['stat', '-L', '-c', '%a', file], { deadlineMs: DEADLINE_MS });
  if (seen.code !== 0)
    throw new MeasureRefused(`There is no ${file} on ${name}; put the relay's login there: ${relay}:user:password.`);
  const mode = seen.out.trim();
  const user = await tools.option('exim_user');
  const group = await tools.option('exim_group');
  const remedy = `chown root:${group} ${file} and chmod 640 it first`;
  if (!mode.endsWith('0'))
    throw new MeasureRefused(`${file} on ${name} can be read by others (mode ${mode}); ${remedy}.`);
  const asExim = ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups', 'test', '-r', file];
  if ((await host.run(asExim, { deadlineMs: DEADLINE_MS })).code === 1)
    throw new MeasureRefused(`${file} on ${name} can't be read by ${user}, as which Exim delivers; ${remedy}.`);
}
