/** The lines of a file, as they come. */

/** A JSON array without line ends comes in pieces of about this many octets. */
const PIECE = 1 << 20;
const NEWLINE = 10;
const BRACKET = 91;

/**
 * Line by line out of the octets: each line is a string of its own. Cut out of a decoded chunk, every name that is kept
 * would hold on to the whole chunk.
 */
export async function* cutBytes(
  chunks: AsyncIterable<Buffer>,
  longest: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  let held: Buffer[] = [];
  let size = 0;
  let isArray: boolean | undefined;
  let isFirst = true;
  const take = (tail: Buffer): string | undefined => {
    const lost = size + tail.length > longest;
    const whole = held.length === 0 || lost ? tail : Buffer.concat([...held, tail]);
    held = [];
    size = 0;
    const mark = isFirst && whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? 3 : 0;
    isFirst = false;
    return lost ? undefined : whole.toString('utf8', mark, whole.at(-1) === 13 ? whole.length - 1 : whole.length);
  };
  for await (const chunk of chunks) {
    isArray ??= firstOf(chunk) === undefined ? undefined : firstOf(chunk) === BRACKET;
    const lines: (string | undefined)[] = [];
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      lines.push(take(chunk.subarray(from, to)));
      from = to + 1;
    }
    const left = chunk.subarray(from);
    size += left.length;
    if (size <= longest) held.push(left);
    else held = [];
    // Cut at an octet of ASCII's, so that no character is torn.
    const piece = isArray === true && size > PIECE && left.length > 0 ? left.findLastIndex((octet) => octet < 128) : -1;
    if (piece >= 0 && size <= longest) {
      held.pop();
      size -= left.length;
      lines.push(take(left.subarray(0, piece + 1)));
      held = [left.subarray(piece + 1)];
      size = held[0]?.length ?? 0;
    }
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [take(Buffer.alloc(0))];
}

/** The first octet that is no blank and no mark of the encoding. */
function firstOf(chunk: Buffer): number | undefined {
  return chunk.subarray(0, 1000).find((octet) => octet > 32 && ![0xef, 0xbb, 0xbf].includes(octet));
}

export async function* cutText(
  chunks: AsyncIterable<Buffer>,
  encoding: 'utf-16le' | 'utf-16be',
  longest: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  let tooLong = false;
  let isArray: boolean | undefined;
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    if (isArray === undefined && /\S/.test(text)) isArray = /^\s*\[/.test(text);
    const parts = text.split('\n');
    rest = parts.pop() ?? '';
    const lines: (string | undefined)[] = [];
    for (const part of parts) {
      lines.push(tooLong || part.length > longest ? undefined : part.endsWith('\r') ? part.slice(0, -1) : part);
      tooLong = false;
    }
    if (isArray === true && rest.length > PIECE) {
      lines.push(rest);
      rest = '';
    }
    if (rest.length > longest) {
      tooLong = true;
      rest = '';
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (tooLong) yield [undefined];
  else if (rest !== '') yield [rest.endsWith('\r') ? rest.slice(0, -1) : rest];
}
