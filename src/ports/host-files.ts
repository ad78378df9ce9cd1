/**
 * Files of a host, read whole and replaced whole.
 *
 * Guarantees: bytes arrive as they are; a file is never seen half written, also after a power cut; owner, group, mode and
 * security context stay; what somebody else has changed since it was read is never overwritten; a symbolic link is
 * followed, not replaced.
 */
export interface HostFiles {
  /** Its bytes as text (latin1: one character per byte), or undefined where there is no such file. Throws HostUnknown. */
  read(path: string): Promise<string | undefined>;
  /**
   * Puts `to` in the place of `from` (latin1; undefined: no such file). It is done already where it is `to` by now.
   * A new file belongs to root and has `mode`. Throws FenceLost, and HostUnknown where it is neither `from` nor `to`.
   */
  replace(path: string, change: FileChange, fence: number): Promise<void>;
}

/**
 * Room on the disk for an undo, kept beside the file under this name (a measure's tag). `take` has it before the file is
 * changed, or nothing is changed. `use` writes the new text into it where it is there, so that no disk is too full for it;
 * it is gone then, also where the file was as wanted already.
 */
export interface Room {
  readonly name: string;
  readonly how: 'take' | 'use';
}

export interface FileChange {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Of a new file, in octal; 0644 where it isn't given. */
  readonly mode?: string;
  readonly room?: Room;
}
