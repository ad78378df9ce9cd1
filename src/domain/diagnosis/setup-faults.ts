/** What is wrong with how the site is set up, whether or not it is the cause of the morning. */
import { foreign, say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';
import type { Evidence } from './evidence.ts';

export interface SetupFault {
  readonly id: 'reverse-dns' | 'helo-name' | 'spf' | 'dkim' | 'dmarc' | 'mx' | 'clock' | 'certificate' | 'disk';
  readonly text: Phrase;
}

/** Seconds from which a clock that is off breaks logins (Kerberos) and signatures. */
const SKEW = 300;
const SOON_DAYS = 14;
const LITTLE_DISK = 10;

/** What is wrong with the set-up, as far as it was looked at; what wasn't is no fault. */
export function setupFaults(evidence: Evidence): readonly SetupFault[] {
  const faults: SetupFault[] = [];
  const add = (id: SetupFault['id'], text: Phrase): void => void faults.push({ id, text });
  for (const { address, state } of evidence.dns?.reverse ?? []) {
    if (state === 'missing') add('reverse-dns', say`${foreign(address, 60)} has no reverse name`);
    if (state === 'mismatch')
      add('reverse-dns', say`the reverse name of ${foreign(address, 60)} does not lead back to it`);
  }
  const helo = evidence.dns?.helo;
  if (helo && helo.state !== 'ok')
    add(
      'helo-name',
      say`the server greets as ${foreign(helo.name, 100)}, ${helo.state === 'missing' ? 'which has no address' : 'which leads elsewhere'}`,
    );
  for (const { domain, mx, spf, dkim, dmarc } of evidence.dns?.domains ?? []) {
    if (mx === 'missing') add('mx', say`${foreign(domain, 100)} has no MX`);
    const words = spf === undefined ? undefined : SPF_WORDS[spf];
    if (words !== undefined) add('spf', say`the SPF record of ${foreign(domain, 100)} ${words}`);
    if (dkim === 'missing') add('dkim', say`${foreign(domain, 100)} has no DKIM key under the site’s selectors`);
    if (dkim === 'revoked') add('dkim', say`the DKIM key of ${foreign(domain, 100)} is revoked: signatures fail`);
    if (dmarc === 'missing') add('dmarc', say`${foreign(domain, 100)} has no DMARC record`);
  }
  const skew = evidence.clockSkewSeconds;
  if (skew !== undefined && Math.abs(skew) >= SKEW)
    add('clock', say`the server’s clock is ${Math.round(Math.abs(skew) / 60)} min ${skew > 0 ? 'ahead' : 'behind'}`);
  for (const { name, daysLeft } of evidence.certificates ?? []) {
    if (daysLeft < SOON_DAYS)
      add(
        'certificate',
        daysLeft < 0
          ? say`the certificate of ${foreign(name, 80)} expired ${-daysLeft} days ago`
          : say`the certificate of ${foreign(name, 80)} ends in ${daysLeft} days`,
      );
  }
  const disk = evidence.diskFreePercent;
  if (disk !== undefined && disk < LITTLE_DISK) add('disk', say`${disk} % of the queue’s disk are free`);
  return faults;
}

const SPF_WORDS = {
  ok: undefined,
  missing: 'is missing',
  several: 'is there more than once, so that none counts',
  'too-many-lookups': 'needs more than ten lookups, so that receivers give up',
  'lacks-address': 'does not permit the site’s own address',
} as const;
