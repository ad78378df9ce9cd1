/**
 * Cuts a JSON text into its outermost objects as it arrives, so that an array of a million need not be held at once.
 * A single object is one. What stands between the objects (brackets, commas) is passed over; other text there is told as
 * stray. A text may be cut anywhere.
 */
export interface ObjectCutter {
  /** stray: something stands between the objects that is no JSON of an array. */
  feed(text: string): 'fine' | 'stray';
  /** True where an object was begun and never ended. */
  end(): boolean;
}

/** Blanks, comma, brackets, and the mark at a file's start. */
const BETWEEN: ReadonlySet<number> = new Set([9, 10, 13, 32, 44, 91, 93, 0xfe_ff]);

/** An object longer than this is given up (its start is told as undefined), in characters. */
const LONGEST_OBJECT = 4_000_000;

export function cutObjects(object: (text: string | undefined) => void): ObjectCutter {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let parts: string[] = [];
  let length = 0;
  return {
    feed(text) {
      let start = depth > 0 ? 0 : -1;
      let stray = false;
      for (let index = 0; index < text.length; index += 1) {
        const character = text.charCodeAt(index);
        if (depth === 0 && !BETWEEN.has(character) && character !== 123) stray = true;
        else if (inString) {
          if (escaped) escaped = false;
          else if (character === 92) escaped = true;
          else if (character === 34) inString = false;
        } else if (character === 34) inString = true;
        else if (character === 123) {
          if (depth === 0) start = index;
          depth += 1;
        } else if (character === 125) {
          depth -= 1;
          if (depth === 0) {
            const whole = parts.join('') + text.slice(start, index + 1);
            object(length > LONGEST_OBJECT ? undefined : whole);
            parts = [];
            length = 0;
            start = -1;
          }
        }
      }
      if (depth > 0 && start >= 0) {
        length += text.length - start;
        if (length > LONGEST_OBJECT) parts = [];
        else parts.push(text.slice(start));
      }
      return stray ? 'stray' : 'fine';
    },
    end: () => depth > 0,
  };
}
