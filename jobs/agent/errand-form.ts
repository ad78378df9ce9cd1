/** The form of an errand as it comes over the line: what isn't exactly this is refused. */
import { z } from 'zod';
import { parseIp } from '../../src/domain/address/ip.ts';
import { readAccount } from '../../src/domain/measures/account.ts';
import type { Errand } from '../../src/domain/measures/errand.ts';
import type { LookErrand } from '../../src/domain/measures/look-errand.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask, Plain } from '../../src/domain/measures/plan.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/);
const tag = z.string().regex(/^tq[1-9]\d{0,8}$/);
const minutes = z.number().positive().max(1440);
/** Both go into a command or a rule on this host: they are read here as at the house's own door, whoever asks. */
const account = z.string().refine((text) => readAccount(text).kind === 'ok', 'this is not the name of an account');
const address = z.string().refine((text) => {
  const ip = parseIp(text);
  return ip.kind === 'ok' && ip.value.text === text;
}, 'this is not an address in its canonical form');
const selection = z.strictObject({
  sender: z.string().max(320).exactOptional(),
  recipientDomain: z.string().max(253).exactOptional(),
  account: z.string().max(254).exactOptional(),
});
const order: z.ZodType<MeasureOrder> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('freeze-outbound'), server: name }),
  z.strictObject({
    kind: z.literal('block-port-25'),
    firewall: name,
    who: z.enum(['everyone', 'all-but-mail-servers']),
    submissionToo: z.boolean(),
    leaseMinutes: minutes.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('unplug'), firewall: name, leaseMinutes: minutes }),
  z.strictObject({ kind: z.literal('reroute'), server: name }),
  z.strictObject({ kind: z.literal('disable-account'), server: name, account }),
  z.strictObject({ kind: z.literal('quarantine-host'), firewall: name, address }),
  z.strictObject({ kind: z.literal('clean-queue'), server: name, selection }),
]);
const task: z.ZodType<MeasureTask> = z.strictObject({
  tag,
  order,
  prior: z.custom<Plain>((value) => value !== undefined),
  seal: z.string().max(100).exactOptional(),
});
const fence = z.number().int().nonnegative();
const who = z.string().max(200);
const deadlineMs = z.number().int().positive().max(600_000);
export const lookSchema: z.ZodType<LookErrand> = z.union([
  z.strictObject({ verb: z.literal('look'), look: z.enum(['queue-listing', 'log-clock']), deadlineMs }),
  z.strictObject({
    verb: z.literal('look'),
    look: z.literal('envelopes'),
    ids: z.array(z.string().max(100)).max(100),
    deadlineMs,
  }),
  z.strictObject({
    verb: z.literal('look'),
    look: z.literal('log'),
    mark: z.string().max(2000).exactOptional(),
    deadlineMs,
  }),
  z.strictObject({ verb: z.literal('look'), look: z.enum(['connected', 'own-addresses']) }),
  z.strictObject({ verb: z.literal('look'), look: z.literal('attempts'), task }),
  z.strictObject({
    verb: z.literal('look'),
    look: z.literal('identify'),
    wanted: z
      .array(
        z.strictObject({
          addresses: z.array(z.string().max(64)).max(100),
          mac: z.string().max(20).exactOptional(),
          at: z.number(),
        }),
      )
      .max(500),
    deadlineMs,
  }),
  z.strictObject({ verb: z.literal('more'), stream: z.string().max(20) }),
]);
export const errandSchema: z.ZodType<Errand> = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('plan'), order, tag }),
  z.strictObject({ verb: z.enum(['observe', 'verify']), task }),
  z.strictObject({ verb: z.enum(['engage', 'renew']), task, fence, who }),
  z.strictObject({ verb: z.literal('release'), task, fence, way: z.enum(['exact', 'ours-only']), who }),
]);
