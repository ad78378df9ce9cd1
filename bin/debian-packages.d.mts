export interface UnpackedSet {
  readonly root: string;
  readonly env: Record<string, string>;
}
export function ensureSet(name: 'redis' | 'dns' | 'mail' | 'net', say?: (line: string) => void): UnpackedSet;
