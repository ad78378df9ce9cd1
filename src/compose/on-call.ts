/** The rotas, the chain and the paging services of the configuration. */
import { existsSync, readFileSync } from 'node:fs';
import { openMailPager } from '../../adapters/paging/mail.ts';
import { openOpsgenie } from '../../adapters/paging/opsgenie.ts';
import { openPagerDuty } from '../../adapters/paging/pagerduty.ts';
import { openWebhook } from '../../adapters/paging/webhook.ts';
import { openCalendar, openPagerDutyRota } from '../../adapters/rota/sources.ts';
import type { PagingConfig, RotaConfig } from '../config/on-call.ts';
import type { Config } from '../config/schema.ts';
import { instantOf } from '../domain/calendar/zone.ts';
import type { MorningPlan } from '../domain/morning/plan.ts';
import type { EscalationRules } from '../domain/escalation/rules.ts';
import type { Rota } from '../domain/escalation/rota.ts';
import type { Slot } from '../../jobs/schedule.ts';
import type { Conversation } from '../ports/conversation.ts';
import type { WatchPlan } from '../ports/mornings.ts';
import type { OnCall } from '../ports/on-call.ts';
import type { Pager, Pagers } from '../ports/pagers.ts';
import type { RotaMemory, RotaSource, Rotas } from '../ports/rotas.ts';

const MINUTE_MS = 60_000;

/** `consoles`: the rooms of consoles that run now. */
export function makeOnCall(config: Config, consoles: () => readonly Conversation[] = () => []): OnCall {
  const rules = config.escalation && rulesOf(config.escalation);
  return {
    ...(rules && { rules }),
    rotas: config.rota.map(rotaOf),
    get rooms() {
      return [...roomsOf(config), ...consoles()];
    },
    directTo: (name) => {
      const person = config.people.find((each) => each.name === name);
      const user = person?.slack?.split('/').at(-1);
      return [
        ...(user === undefined ? [] : [{ surface: 'slack' as const, id: user }]),
        ...(person?.teams === undefined ? [] : [{ surface: 'teams' as const, id: `person:${person.teams}` }]),
      ];
    },
  };
}

function roomsOf(config: Config): readonly Conversation[] {
  const { slack, teams } = config.chat;
  return [
    ...(slack?.channel === undefined ? [] : [{ surface: 'slack' as const, id: slack.channel }]),
    ...(teams?.conversation === undefined ? [] : [{ surface: 'teams' as const, id: teams.conversation }]),
  ];
}

function rulesOf(escalation: NonNullable<Config['escalation']>): EscalationRules {
  const { tiers, rounds, quietHours, staleMinutes, answerMinutes } = escalation;
  return {
    tiers: tiers.map(({ call, by, waitMinutes }) => ({ call, by, waitMs: waitMinutes * MINUTE_MS })),
    rounds,
    ...(quietHours && { quiet: quietHours }),
    staleMs: staleMinutes * MINUTE_MS,
    answerMs: answerMinutes * MINUTE_MS,
  };
}

function rotaOf(rota: Config['rota'][number]): Rota {
  const instant = (moment: string): number => instantOf(moment.slice(0, 10), moment.slice(11), rota.timezone);
  return {
    ...rota,
    overrides: rota.overrides.map(({ from, to, person }) => ({ from: instant(from), to: instant(to), person })),
  };
}

/** The rotas that are kept elsewhere. Throws an Error where a secret's file isn't there. */
export function makeRotas(config: Config, memory: RotaMemory): Rotas {
  return {
    memory,
    sources: config.rota.flatMap((rota) => (rota.from ? [openRota(rota, rota.from)] : [])),
    people: config.people.map(({ name, email, calledIn }) => ({
      name,
      names: [name, ...(email === undefined ? [] : [email]), ...calledIn],
    })),
  };
}

function openRota({ name, timezone }: RotaConfig, from: NonNullable<RotaConfig['from']>): RotaSource {
  switch (from.kind) {
    case 'ical': {
      const url = from.url ?? (from.urlFile === undefined ? undefined : secretOf(from.urlFile, name));
      if (url === undefined) throw new Error(`The rota ${name} is to come from a calendar: write its url, or urlFile.`);
      return openCalendar({ rota: name, timezone, url });
    }
    case 'pagerduty':
      return openPagerDutyRota({
        rota: name,
        schedule: from.schedule,
        url: from.url,
        key: secretOf(from.keyFile, name),
      });
    default:
      return from satisfies never;
  }
}

/** Throws an Error where a secret's file isn't there: a service that can't page must be known before the night. */
export function makePagers(config: Config): Pagers {
  return { all: config.paging.map(openPager) };
}

function openPager(paging: PagingConfig): Pager {
  const { name } = paging;
  switch (paging.kind) {
    case 'pagerduty':
      return openPagerDuty({ name, url: paging.url, key: secretOf(paging.keyFile, name) });
    case 'opsgenie':
      return openOpsgenie({ name, url: paging.url, key: secretOf(paging.keyFile, name) });
    case 'webhook':
      return openWebhook({ name, url: paging.url, secret: secretOf(paging.secretFile, name), now: () => Date.now() });
    case 'email': {
      const { host, port, tls, user, passwordFile, from, to } = paging;
      const login =
        user === undefined || passwordFile === undefined ? undefined : { user, password: secretOf(passwordFile, name) };
      return openMailPager({ name, host, port, tls, from, to, ...(login && { login }) });
    }
    default:
      return paging satisfies never;
  }
}

/** Read anew at each start; never logged. */
function secretOf(path: string, name: string): string {
  if (!existsSync(path))
    throw new Error(`The secret of ${name} is not at ${path}. Put it there, readable by Tourniquet alone.`);
  const secret = readFileSync(path, 'utf8').trim();
  if (secret === '') throw new Error(`${path} is empty; ${name} needs its secret there.`);
  return secret;
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** When each site is looked at: its own times, else those for all sites. */
export function morningPlans(config: Config): readonly MorningPlan[] {
  return config.sites.flatMap((site): readonly MorningPlan[] => {
    const morning = site.morning ?? config.morning;
    if (!morning) return [];
    const days = morning.days.map((day) => DAYS.indexOf(day));
    return [{ site: site.name, timezone: site.timezone, times: [morning.at, ...morning.again].toSorted(), days }];
  });
}

/** The week's digest: not a site, so it has a name that no site can have. */
export function digestPlan({ digest }: Config): MorningPlan | undefined {
  if (!digest) return undefined;
  return { site: 'the digest', timezone: digest.timezone, times: [digest.at], days: [DAYS.indexOf(digest.day)] };
}

export function watchPlans(config: Config): readonly WatchPlan[] {
  return config.sites.flatMap((site): readonly WatchPlan[] => {
    const thresholds = site.thresholds ?? config.thresholds;
    if (!thresholds) return [];
    const { everyMinutes, listingsEveryMinutes, ...limits } = thresholds;
    const times = { everyMs: everyMinutes * MINUTE_MS, listingsEveryMs: listingsEveryMinutes * MINUTE_MS };
    return [{ site: site.name, ...times, ...limits }];
  });
}

/** The mornings as slots of the schedule: a cron pattern in the site's own time zone each. */
export function morningSlots(config: Config): readonly Slot[] {
  return morningPlans(config).flatMap((plan) =>
    plan.times.map((time) => ({
      id: `morning-${plan.site}-${time.replace(':', '')}`,
      chore: 'morning',
      pattern: `${Number(time.slice(3))} ${Number(time.slice(0, 2))} * * ${plan.days.join(',')}`,
      timezone: plan.timezone,
    })),
  );
}
