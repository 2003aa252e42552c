// JSON out of what a model says: many put it into a code fence, or talk before and after it.
import type { z } from 'zod';

/** @returns `undefined` when nothing in the text is JSON of this shape */
export function readJson<S extends z.ZodType>(text: string, schema: S): z.output<S> | undefined {
  for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from + 1)) {
    const end = endOfObject(text, from);
    if (end === undefined) continue;
    const parsed = schema.safeParse(parse(text.slice(from, end)));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** After the brace that closes the one at `from`. */
function endOfObject(text: string, from: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter === '\\') at++;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === '{') depth++;
    else if (letter === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
