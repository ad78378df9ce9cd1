/** Files that somebody hands over: a saved dump, a JSON of another command; a path, or the name of what was sent. */
export interface Files {
  /**
   * The lines of a file, unpacked where gzip packed it and decoded (UTF-8, or UTF-16 as Windows PowerShell writes, with
   * its mark or without), in pieces as they come. A line longer than `longest` octets is given as `undefined`; where the text
   * begins with `[` (a JSON array, in which a line's end means nothing) it comes in pieces instead.
   * Throws an Error that names the file and the remedy.
   */
  lines(path: string, longest: number): AsyncIterable<readonly (string | undefined)[]>;
  /** The whole text, at most `most` bytes. Throws an Error that names the file and the remedy. */
  text(path: string, most: number): Promise<string>;
  /** When it was last written, milliseconds since 1970 UTC; undefined for a stream such as standard input. */
  writtenAt(path: string): Promise<number | undefined>;
}

/** A file that can't be carried or read, with the remedy: nothing was done. */
export class FileRefused extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'FileRefused';
  }
}
