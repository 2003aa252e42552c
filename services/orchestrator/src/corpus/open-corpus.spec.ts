import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stem } from './stem.js';
import { openCorpus } from './open-corpus.js';

describe('openCorpus', () => {
  let root: string;
  let dir: string;

  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'vana-corpus-'));
    dir = join(root, 'docs');
    await mkdir(dir);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  it('reads the four kinds of file, also below node_modules, and nothing else', async () => {
    await write('a.md', '# Alpha\n\nThe first document.');
    await write('node_modules/b/README.markdown', 'The second document.');
    await write('c.txt', 'The third document.');
    await write('d.html', '<p>The fourth document.</p>');
    await write('e.js', 'const fifth = 1;');
    const { stats, documents } = await openCorpus({ dir });
    expect(documents.map(({ path, name }) => [path, name])).toEqual([
      ['a.md', 'a'],
      ['c.txt', 'c'],
      ['d.html', 'd'],
      ['node_modules/b/README.markdown', 'b'],
    ]);
    expect(stats).toEqual({
      files: 4,
      documents: 4,
      passages: 4,
      duplicates: 0,
      skipped: { tooLarge: 0, binary: 0, unreadable: 0 },
    });
  });

  it('takes only the names or the files that are asked for', async () => {
    await write('x/README.md', 'Read me.');
    await write('x/Readme.txt', 'Read me too.');
    await write('x/CHANGELOG.md', 'Changed.');
    expect((await openCorpus({ dir, names: 'readme*' })).stats.files).toBe(2);
    expect((await openCorpus({ dir, names: 'readme.md, change*.md' })).stats.files).toBe(2);
    const picked = await openCorpus({ dir, files: ['x/CHANGELOG.md', 'x/missing.md'] });
    expect(picked.stats).toMatchObject({ files: 1, skipped: { unreadable: 1 } });
  });

  it('skips and counts what is too large or binary, and indexes equal content once', async () => {
    await write('large.md', 'x'.repeat(2000));
    await write('binary.txt', new Uint8Array([72, 105, 0, 1]));
    await write('deep/er/copy.md', 'The same\r\nwords.');
    await write('original.md', 'The same\nwords.');
    const { stats, documents } = await openCorpus({ dir, maxFileBytes: 1000 });
    expect(stats).toMatchObject({ documents: 1, duplicates: 1, skipped: { tooLarge: 1, binary: 1, unreadable: 0 } });
    expect(documents.map(({ path }) => path)).toEqual(['original.md']);
  });

  it('does not follow symbolic links out of the folder', async () => {
    await writeFile(join(root, 'secret.md'), 'Not for the corpus.');
    await symlink(join(root, 'secret.md'), join(dir, 'link.md'));
    await symlink(root, join(dir, 'up'));
    await write('own.md', 'For the corpus.');
    expect((await openCorpus({ dir })).documents.map(({ path }) => path)).toEqual(['own.md']);
  });

  it('says clearly that the folder is missing or holds nothing to read', async () => {
    await expect(openCorpus({ dir: join(root, 'nowhere') })).rejects.toMatchObject({ code: 'corpus_missing' });
    await writeFile(join(root, 'file.md'), 'text');
    await expect(openCorpus({ dir: join(root, 'file.md') })).rejects.toMatchObject({ code: 'corpus_missing' });
    await write('blank.md', '\n\n');
    await expect(openCorpus({ dir })).rejects.toMatchObject({ code: 'corpus_empty' });
  });

  it('stops when it is told to', async () => {
    await write('a.md', 'text');
    const reason = new Error('enough');
    await expect(openCorpus({ dir, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('ranks by BM25 with the title above the text, and knows its terms', async () => {
    await write('queue/README.md', '# Queue\n\nOrders work.\n\n## Limits\n\nAt most ten limits.');
    await write('other.md', 'A queue is mentioned here, among many other things that fill this line of text.');
    const corpus = await openCorpus({ dir });
    const hits = corpus.search({ terms: new Map([['queu', 1]]), limit: 10 });
    expect(hits[0]!.passage.document.name).toBe('queue');
    expect(hits.at(-1)!.passage.document.name).toBe('other');
    expect(
      corpus.search({ terms: new Map([['queu', 1]]), limit: 10, within: ({ name }) => name === 'other' }),
    ).toHaveLength(1);
    expect(corpus.search({ terms: new Map([['unheard', 1]]), limit: 10 })).toEqual([]);
    expect([corpus.frequency('queu'), corpus.surface('queu'), corpus.frequency('unheard')]).toEqual([3, 'queue', 0]);
    expect(corpus.surface(stem('limits'))).toBe('limits');
    expect(corpus.named('QUEUE')[0]!.path).toBe('queue/README.md');
    expect(corpus.openings('queue')[0]!.line).toBe(3);
  });
});
