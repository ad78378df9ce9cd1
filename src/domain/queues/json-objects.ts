/**
 * Cuts a JSON text into its outermost objects as it arrives, so that an array of a million need not be held at once.
 * A single object is one. What stands between the objects (brackets, commas) is passed over.
 */
export interface ObjectCutter {
  feed(text: string): void;
  /** True where an object was begun and never ended. */
  end(): boolean;
}

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
      for (let index = 0; index < text.length; index += 1) {
        const character = text.charCodeAt(index);
        if (inString) {
          if (escaped) escaped = false;
          else if (character === 92) escaped = true;
          else if (character === 34) inString = false;
        } else if (character === 34 && depth > 0) inString = true;
        else if (character === 123) {
          if (depth === 0) start = index;
          depth += 1;
        } else if (character === 125 && depth > 0) {
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
        else parts.push(text.slice(start), '\n');
      }
    },
    end: () => depth > 0,
  };
}
