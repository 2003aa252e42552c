// Which files of a folder belong to the corpus.
import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { DocumentFormat } from './document.js';

const FORMATS: Readonly<Record<string, DocumentFormat>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.txt': 'text',
  '.html': 'html',
};

export function formatOf(path: string): DocumentFormat | undefined {
  return FORMATS[posix.extname(path).toLowerCase()];
}

/** @param names globs over file names, separated by commas; without it every name fits */
export function nameFilter(names: string | undefined): (fileName: string) => boolean {
  const globs = (names ?? '').split(',').map((glob) => glob.trim());
  const patterns = globs
    .filter((glob) => glob !== '')
    .map((glob) => {
      const source = glob
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.');
      return new RegExp(`^${source}$`, 'i');
    });
  return (fileName) => patterns.length === 0 || patterns.some((pattern) => pattern.test(fileName));
}

/**
 * Paths of the documents below `dir`, '/' separated, in a fixed order. Symbolic links are not followed: what
 * they lead to is outside, or is found by its own path. A folder that cannot be read counts as empty.
 */
export async function findFiles(
  dir: string,
  fits: (fileName: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    signal?.throwIfAborted();
    const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() && formatOf(entry.name) && fits(entry.name)) found.push(path);
    }
  };
  await visit('');
  return found.sort(shallowFirst);
}

/** Of equal documents the one nearest to the top is kept. */
function shallowFirst(left: string, right: string): number {
  const depth = left.split('/').length - right.split('/').length;
  return depth !== 0 ? depth : left < right ? -1 : 1;
}
