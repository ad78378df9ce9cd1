/**
 * Who may enter the console.
 *
 * Owns: passes (a link that lets one person in, within ten minutes, once) and sessions (twelve hours, in a cookie). Does
 * not own: what that person may do (the roles of tourniquet.yaml).
 * Rules:
 * 1. Both are signed (HMAC-SHA-256) with a key that only this data folder has; whoever can read it could read the ledger
 *    too. A new key ends every session.
 * 2. A pass is no session and a session is no pass, though the same key signs them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PASS_MS = 10 * 60_000;
export const SESSION_MS = 12 * 3_600_000;

export interface Admitted {
  /** A person's name in tourniquet.yaml, or `terminal:USER`. */
  readonly who: string;
  /** Names this pass: it is used once. */
  readonly id: string;
}

export interface Passes {
  makePass(who: string, now: number): string;
  readPass(text: string, now: number): Admitted | undefined;
  makeSession(who: string, now: number): string;
  readSession(text: string, now: number): Admitted | undefined;
}

/** `now` is in milliseconds since 1970 UTC everywhere. */
export function openPasses(key: Buffer): Passes {
  return {
    makePass: (who, now) => seal({ use: 'pass', who, until: now + PASS_MS, id: randomBytes(9).toString('hex') }, key),
    readPass: (text, now) => open(text, 'pass', now, key),
    makeSession: (who, now) =>
      seal({ use: 'session', who, until: now + SESSION_MS, id: randomBytes(9).toString('hex') }, key),
    readSession: (text, now) => open(text, 'session', now, key),
  };
}

interface Sealed {
  readonly use: 'pass' | 'session';
  readonly who: string;
  readonly until: number;
  readonly id: string;
}

function seal(claim: Sealed, key: Buffer): string {
  const body = Buffer.from(JSON.stringify(claim)).toString('base64url');
  return `${body}.${sign(body, key)}`;
}

function open(text: string, use: Sealed['use'], now: number, key: Buffer): Admitted | undefined {
  if (text.length > 2000) return undefined;
  const [body = '', signature = ''] = text.split('.');
  const [wanted, given] = [Buffer.from(sign(body, key)), Buffer.from(signature)];
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return undefined;
  const claim: Sealed = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  return claim.use === use && claim.until > now ? { who: claim.who, id: claim.id } : undefined;
}

function sign(body: string, key: Buffer): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}
