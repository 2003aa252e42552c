// A small corpus in a temporary folder.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Corpus } from '../../corpus/corpus.js';
import { openCorpus } from '../../corpus/open-corpus.js';

export interface SmallCorpus {
  readonly corpus: Corpus;
  readonly dir: string;
  remove(): Promise<void>;
}

/** @param files path → content */
export async function smallCorpus(files: Readonly<Record<string, string>>): Promise<SmallCorpus> {
  const dir = await mkdtemp(join(tmpdir(), 'vana-engine-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  return { corpus: await openCorpus({ dir }), dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

export const LAMP_FILES = {
  'lamp/README.md': `# lamp

[![build](https://ci.example/lamp.svg)](https://ci.example)

Lamp is a small library that dims electric lights over the network. It needs no cloud.

## Usage

To dim a light, call \`lamp.dim(level)\` with a level between 0 and 1. The level
is kept over a power failure.

\`\`\`js
const lamp = require('lamp');

lamp.dim(0.5);
\`\`\`

## Brightness limits

The brightness of a light is limited by its driver. You can raise the limit with
the \`maxLevel\` option. It must not exceed the driver's own maximum.

| option | meaning |
|---|---|
| \`maxLevel\` | Greatest level that dim accepts |

## License

Dim lights under the MIT license.
`,
  'driver/README.md': `# driver

A driver for electric lights.

## Events

The driver emits a \`failure\` event when the light does not answer. Remote Light Protocol (RLP) messages are resent
three times.
`,
  'pages/about.html': `<html><head><title>About dimming</title></head><body><h1>About dimming</h1>
<p>People dim lights in the evening because <em>bright</em> light keeps them awake.</p></body></html>`,
  'notes.txt': `NOTES

Batteries last about two years in a wireless switch.
`,
};
