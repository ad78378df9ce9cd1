export interface UnpackedSet {
  readonly root: string;
  readonly env: Record<string, string>;
}
export type SetName = 'redis' | 'dns' | 'postfix' | 'exim' | 'opensmtpd' | 'sendmail' | 'dovecot' | 'ssh' | 'net';
export function ensureSet(name: SetName, say?: (line: string) => void): UnpackedSet;
