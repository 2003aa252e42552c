import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { build } from 'esbuild';

const MOST_BYTES = 8 * 1024;

it('stays small: everything, minified and compressed, without the parser', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    external: ['eventsource-parser'],
  });
  const [bundle] = outputFiles;
  expect(bundle!.text).not.toMatch(/zod|@vana\/events/);
  expect(gzipSync(bundle!.contents).length).toBeLessThanOrEqual(MOST_BYTES);
});
