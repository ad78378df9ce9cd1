/** Keys of a simulated Bot Framework: publishes them as OpenID metadata does, signs tokens with RS256. */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface SigningKeys {
  /** As the jwks_uri serves them. */
  readonly published: readonly object[];
  sign(claims: Readonly<Record<string, unknown>>): string;
  /** Signed by a key nobody published, under the id of one that is. */
  forge(claims: Readonly<Record<string, unknown>>): string;
}

export function makeKeys(): SigningKeys {
  const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  const published = [{ ...ours.publicKey.export({ format: 'jwk' }), kid, use: 'sig', endorsements: ['msteams'] }];
  return {
    published,
    sign: (claims) => token(claims, kid, ours.privateKey),
    forge: (claims) => token(claims, kid, theirs.privateKey),
  };
}

/** A token without any signature, as the `none` algorithm has it. */
export function unsigned(claims: Readonly<Record<string, unknown>>): string {
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
}

function token(claims: Readonly<Record<string, unknown>>, kid: string, key: KeyObject): string {
  const head = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(claims)}`;
  const signature = createSign('RSA-SHA256').update(head).sign(key).toString('base64url');
  return `${head}.${signature}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
