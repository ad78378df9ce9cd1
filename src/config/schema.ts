/**
 * The form of tourniquet.yaml. Every part may be left out; what isn't known is refused by name.
 *
 * Secrets are never in it: a `…File` names a file that holds one, a `…Env` an environment variable.
 */
import { z } from 'zod';
import { parseCidr } from '../domain/address/cidr.ts';
import { parseDomain } from '../domain/address/domain.ts';
import type { Domain } from '../domain/address/domain.ts';
import { parseIp } from '../domain/address/ip.ts';
import { parseMailbox } from '../domain/address/mailbox.ts';
import type { Mailbox } from '../domain/address/mailbox.ts';
import type { Ip } from '../domain/address/ip.ts';
import { MEASURE_KINDS } from '../domain/measures/order.ts';
import type { Parsed } from '../domain/parsed.ts';
import {
  digestSchema,
  escalationSchema,
  morningSchema,
  pagingSchema,
  rotaSchema,
  thresholdsSchema,
} from './on-call.ts';

/** A text that one of the domain's own readers accepts; the fault it gives is the fault that is shown. */
function readBy<T>(reader: (text: string) => Parsed<T>) {
  return z.string().transform((text, context): T => {
    const read = reader(text);
    if (read.kind === 'ok') return read.value;
    context.addIssue({ code: 'custom', message: `${read.why}; ${read.remedy}` });
    return z.NEVER;
  });
}

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a name is made of small letters, digits, dots and hyphens');
const ip = readBy<Ip>(parseIp);
const domain = readBy<Domain>(parseDomain);
const range = z.string().transform((text, context) => {
  const read = parseCidr(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
  if (read.kind === 'ok') return read.value;
  context.addIssue({ code: 'custom', message: `${read.why}; ${read.remedy}` });
  return z.NEVER;
});
const hostPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/, 'write HOST:PORT, such as 127.0.0.1:53');
const file = z.string().min(1).startsWith('/', 'write the whole path, beginning with /');
const port = z.number().int().min(1).max(65_535);
const interfaceName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,15}$/, 'an interface name has 1 to 15 letters, digits, dots, hyphens');

const ssh = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, 'a host name or address'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'a user name of the host')
    .default('tourniquet'),
  port: port.default(22),
  keyFile: file,
  knownHostsFile: file,
});
/** How a host is reached: by the process itself, by ssh, or through the agent that runs there. */
const reach = z.union([z.literal('local'), z.literal('agent'), z.strictObject({ ssh })]);

const smartHost = z.strictObject({
  host: domain.or(ip),
  port: port.default(587),
  inUse: z.boolean().default(false),
  userFile: file.optional(),
});

const server = z.strictObject({
  name,
  mta: z.enum(['postfix', 'exim', 'exchange', 'opensmtpd', 'sendmail']),
  reach: reach.default('local'),
  addresses: z.array(ip).default([]),
  helo: domain.optional(),
  log: file.or(z.enum(['journal', 'tracking'])).optional(),
  instances: z.array(file).default([]),
  /** The alarm's own mail leaves through it: a freeze holds that too, and says so. */
  pagerLeavesHere: z.boolean().default(false),
  smartHost: smartHost.optional(),
});

const firewall = z.strictObject({
  name,
  kind: z.enum(['nftables', 'iptables', 'opnsense', 'mikrotik', 'by-hand']),
  reach: reach.default('local'),
  url: z.url({ protocol: /^https?$/ }).optional(),
  credentialsFile: file.optional(),
  caFile: file.optional(),
  /** An outside mail server that answers on port 25, for trying from here whether a block by hand works. */
  probe: hostPort.optional(),
  /** Interfaces that lead to the internet: only what leaves through them is blocked. */
  outside: z.array(interfaceName).default([]),
  /** Kept open while unplugged: where the bot speaks from. */
  keep: z.array(range).default([]),
  /** Outside addresses that it is managed from while unplugged. Empty: whoever reaches it now still does. */
  manage: z.array(range).default([]),
  /** May go on sending to port 25 while it is blocked. */
  allowed: z.array(range).default([]),
});

const site = z.strictObject({
  name,
  addresses: z.array(ip).default([]),
  /** Several machines share the public address (NAT). */
  sharedAddress: z.boolean().optional(),
  domains: z.array(domain).default([]),
  /** DKIM selectors of the site: `mail` for mail._domainkey.DOMAIN. */
  dkim: z
    .array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i, 'a selector, such as mail or s1'))
    .max(10)
    .default([]),
  servers: z.array(name).default([]),
  firewall: name.optional(),
  smartHost: smartHost.or(z.boolean()).optional(),
  inside: z.array(range).default([]),
  /** Where a test for open relaying is made from: a place outside the trusted networks of the site's servers. */
  relayTest: z.strictObject({ from: name, recipient: readBy<Mailbox>(parseMailbox).optional() }).optional(),
  timezone: z.string().refine(isTimeZone, 'a time zone of the IANA database, such as Europe/Berlin').default('UTC'),
  /** In place of the one for all sites. */
  morning: morningSchema.optional(),
  thresholds: thresholdsSchema.optional(),
});

const person = z.strictObject({
  name,
  role: z.enum(['viewer', 'responder', 'approver', 'admin']),
  slack: z
    .string()
    .regex(/^[A-Z0-9]+\/[A-Z0-9]+(\/[A-Z0-9]+)?$/, 'team id, slash, user id, such as T0123/U0456')
    .optional(),
  teams: z
    .string()
    .regex(/^[0-9a-f-]{36}\/[0-9a-f-]{36}$/i, 'tenant id, slash, object id')
    .optional(),
  terminal: z.string().min(1).max(64).optional(),
  email: z.email().optional(),
  /** As calendars and paging services name this person, beside the name and the address. */
  calledIn: z.array(z.string().min(1).max(200)).default([]),
});

/** A group of a chat: whoever is in it has this role, unless `people` names them. */
const group = z.strictObject({
  name,
  role: z.enum(['viewer', 'responder', 'approver', 'admin']),
  slack: z.string().regex(/^S[A-Z0-9]{2,}$/, 'a user group’s id, such as S0123'),
});

const network = z.strictObject({
  leases: z.array(z.strictObject({ kind: z.enum(['dnsmasq', 'isc', 'kea', 'windows']), file })).default([]),
  /** Known to try port 25 for a good reason (monitoring, scanners): shown apart. */
  scanners: z.array(range).default([]),
  resolver: hostPort.optional(),
});

export const configSchema = z.strictObject({
  sites: z.array(site).default([]),
  servers: z.array(server).default([]),
  firewalls: z.array(firewall).default([]),
  network: network.prefault({}),
  resolvers: z.array(hostPort).default([]),
  blocklists: z
    .strictObject({
      catalogue: file.optional(),
      /** Catalogues of one's own lists, beside the built-in one. */
      also: z.array(file).default([]),
      off: z.array(z.string()).default([]),
      weights: z.record(z.string(), z.enum(['high', 'medium', 'low'])).default({}),
      /** Minutes that a list's proof may stand in when its test entry isn't answered in time; 0: never. */
      proofMinutes: z.number().min(0).max(1440).default(30),
      /** A second, independent resolver that confirms a listing before anybody is woken. */
      secondOpinion: z.array(hostPort).default([]),
    })
    .prefault({}),
  people: z.array(person).default([]),
  groups: z.array(group).default([]),
  /** For every site that has none of its own. */
  morning: morningSchema.optional(),
  thresholds: thresholdsSchema.optional(),
  digest: digestSchema.optional(),
  rota: z.array(rotaSchema).default([]),
  escalation: escalationSchema.optional(),
  /** In the order in which they are tried. */
  paging: z.array(pagingSchema).default([]),
  /** Files of one's own playbooks, used before the built-in ones. */
  playbooks: z.array(file).default([]),
  chat: z
    .strictObject({
      slack: z
        .strictObject({
          command: z
            .string()
            .regex(/^\/[a-z0-9_-]{1,31}$/, 'a slash command, such as /tq')
            .default('/tq'),
          channel: z
            .string()
            .regex(/^[CG][A-Z0-9]{2,}$/, 'a channel id, such as C0123')
            .optional(),
          everybody: z.enum(['viewer', 'nobody']).default('viewer'),
          sharedChannels: z.array(z.string()).default([]),
          guests: z.array(z.string()).default([]),
        })
        .optional(),
      teams: z
        .strictObject({
          conversation: z.string().optional(),
          everybody: z.enum(['viewer', 'nobody']).default('viewer'),
          guests: z.array(z.string()).default([]),
        })
        .optional(),
    })
    .prefault({}),
  /** Scenarios of one's own for the drill (docs/drill.md). */
  drill: z.strictObject({ scenarios: file.optional() }).prefault({}),
  measures: z
    .strictObject({
      protected: z.array(range).default([]),
      leaseMinutes: z
        .strictObject({
          unplug: z.number().min(1).max(120).default(30),
          blockPort25: z.number().min(1).max(1440).optional(),
        })
        .prefault({}),
      approvalMinutes: z.number().min(1).max(240).default(15),
      breakGlass: z.boolean().default(true),
    })
    .prefault({}),
  /** Read by the agent on its own host: its limits hold whatever the bot asks. */
  agent: z
    .strictObject({
      serves: z.array(name).default([]),
      measures: z.array(z.enum(MEASURE_KINDS)).optional(),
      longestLeaseMinutes: z.number().min(1).max(1440).default(120),
    })
    .prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type SiteConfig = Config['sites'][number];
export type ServerConfig = Config['servers'][number];
export type FirewallConfig = Config['firewalls'][number];

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
