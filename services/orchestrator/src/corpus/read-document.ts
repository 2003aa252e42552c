// One file → its text, or why it is left out.
import { open } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export type ReadOutcome =
  | { readonly kind: 'text'; readonly text: string; readonly hash: string }
  | { readonly kind: 'tooLarge' | 'binary' | 'unreadable' };

const SNIFFED_BYTES = 8192;

/** Line ends come back as LF; everything else is as in the file. */
export async function readDocument(dir: string, path: string, maxBytes: number): Promise<ReadOutcome> {
  let file;
  try {
    file = await open(join(dir, path));
  } catch {
    return { kind: 'unreadable' };
  }
  try {
    if ((await file.stat()).size > maxBytes) return { kind: 'tooLarge' };
    const bytes = await file.readFile();
    if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) return { kind: 'binary' };
    const text = new TextDecoder('utf-8').decode(bytes).replace(/\r\n/g, '\n');
    return { kind: 'text', text, hash: createHash('sha256').update(text).digest('base64') };
  } catch {
    return { kind: 'unreadable' };
  } finally {
    await file.close();
  }
}
