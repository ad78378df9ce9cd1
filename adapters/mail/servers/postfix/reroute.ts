/**
 * reroute: everything that would leave directly leaves through the provider's relay.
 *
 * The login stays in a file on the mail server; only its name is written. Explicit entries of transport_maps and
 * sender_dependent maps win over relayhost, which is said.
 */
import { say } from '../../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import type { ConfigMeasure } from '../config-measure.ts';
import type { SmartHostOptions } from '../options.ts';
import { holderOf, putSettings } from './main-cf.ts';
import type { Setting } from './main-cf.ts';
import type { Tools } from './tools.ts';

const POLICIES = 'smtp_tls_policy_maps';
/** Each wins over relayhost where it names a domain or a sender. */
const STRONGER = ['transport_maps', 'sender_dependent_relayhost_maps', 'sender_dependent_default_transport_maps'];

export function rerouteMeasure(tools: Tools): ConfigMeasure {
  const { name, options } = tools;
  const { smartHost } = options;
  return {
    propose: async (_order, { id: folder }, mainCf) => {
      if (!smartHost)
        throw new MeasureRefused(
          `No relay of the provider is known for ${name}; write it under smartHost in tourniquet.yaml.`,
        );
      if (smartHost.port === 465)
        throw new MeasureRefused(
          `Postfix on ${name} would speak TLS from the first octet to every server or to none; write the provider's port 587 under smartHost.`,
        );
      const settings = settingsOf(smartHost, await tools.rawValue(folder, POLICIES));
      const held = settings.map(([each]) => holderOf(mainCf, each)).find((tag) => tag !== undefined);
      if (held !== undefined)
        throw new MeasureRefused(`${name} is rerouted already, by measure ${held}; look at the ledger.`);
      const [relayhost] = await tools.values(folder, 'relayhost');
      if (relayhost === addressOf(smartHost))
        throw new MeasureRefused(`${name} sends through ${relayhost} already; there is nothing to reroute.`);
      if (smartHost.loginFile !== undefined) await mustBePrivate(tools, smartHost.loginFile);
      const stronger = [];
      for (const each of STRONGER) if ((await tools.values(folder, each))[0] !== '') stronger.push(each);
      return { stronger: stronger.join(', '), was: relayhost ?? '', ...Object.fromEntries(settings) };
    },
    blastRadius: async (_order, plans) => {
      const waiting = await tools.waiting(plans.map((plan) => plan.id));
      const stronger = plans.map((plan) => plan.notes['stronger']).find((each) => each !== '');
      return [
        waiting.phrase(`sends through ${smartHost?.host ?? ''}, at their next attempt,`),
        say`clean the queue first: spam sent through the provider's relay has that cut off too, and the SPF record must name it`,
        ...(stronger === undefined ? [] : [say`what ${stronger} names goes on as before: it wins over relayhost`]),
        ...(options.pagerLeavesHere ? [say`the pager's mail goes the same way`] : []),
      ];
    },
    edit: (text, tag, plan) => putSettings(text, tag, settingsIn(plan.notes)),
    lagging: async (plan) =>
      (await tools.isUnread(plan.id)) ? [`the running Postfix has not read ${plan.path} yet`] : [],
    proofs: async (plan) => {
      const [, wanted = ''] = settingsIn(plan.notes)[0] ?? [];
      const [relayhost = ''] = await tools.values(plan.id, 'relayhost');
      const greeting = await tools.run(['posttls-finger', '-c', '-l', 'may', wanted], { deadlineMs: 30_000 });
      // It says nothing where it got as far as it was told to.
      const greets = greeting.code === 0 && !/failed|fatal|lost|refused|timed out/i.test(greeting.out + greeting.err);
      return [
        { right: relayhost === wanted, by: say`postconf says relayhost = ${relayhost}` },
        greets
          ? { right: true, by: say`${wanted} greets ${name} as a mail server does` }
          : { right: false, by: say`${wanted} does not greet ${name} as a mail server does` },
      ];
    },
  };
}

function settingsOf(smartHost: SmartHostOptions, policies: string): readonly Setting[] {
  return [
    ['relayhost', addressOf(smartHost)],
    ...(smartHost.loginFile === undefined
      ? []
      : ([
          ['smtp_sasl_auth_enable', 'yes'],
          ['smtp_sasl_password_maps', `texthash:${smartHost.loginFile}`],
          // With TLS; without it Postfix gives no password away unless told otherwise (smtp_sasl_security_options).
          ['smtp_sasl_tls_security_options', 'noanonymous'],
          // For this relay alone: what goes to a server inside, or to a content filter, may have no TLS.
          [POLICIES, `inline:{ {${addressOf(smartHost)}=encrypt} }${policies === '' ? '' : `, ${policies}`}`],
        ] as const)),
  ];
}

function settingsIn(notes: Readonly<Record<string, string>>): readonly Setting[] {
  return Object.entries(notes).filter(([name]) => name === 'relayhost' || name.startsWith('smtp_'));
}

/** In brackets: no MX is looked up for it. */
function addressOf({ host, port }: SmartHostOptions): string {
  return `[${host}]:${port}`;
}

async function mustBePrivate(tools: Tools, file: string): Promise<void> {
  const ran = await tools.run(['stat', '-L', '-c', '%a', file]);
  if (ran.code !== 0)
    throw new MeasureRefused(
      `There is no ${file} on ${tools.name}; put the relay's login there: [host]:port user:password.`,
    );
  if (!ran.out.trim().endsWith('00'))
    throw new MeasureRefused(
      `${file} on ${tools.name} can be read by others (mode ${ran.out.trim()}); chmod 600 it first.`,
    );
}
