// Writes docs/api/*.json from the built contract (libs/events/dist), or with --check says whether what is
// there is what it would write.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { asyncApiDocument, eventsSchemaDocument, openApiDocument } from '../libs/events/dist/index.js';

const folder = new URL('../docs/api/', import.meta.url);
const documents = {
  'events.schema.json': eventsSchemaDocument,
  'openapi.json': openApiDocument,
  'asyncapi.json': asyncApiDocument,
};

const contentOf = (build) => `${JSON.stringify(build(), null, 2)}\n`;

async function staleFiles() {
  const stale = [];
  for (const [name, build] of Object.entries(documents)) {
    const stands = await readFile(new URL(name, folder), 'utf8').catch(() => undefined);
    if (stands !== contentOf(build)) stale.push(fileURLToPath(new URL(name, folder)));
  }
  return stale;
}

if (process.argv.includes('--check')) {
  const stale = await staleFiles();
  for (const file of stale) process.stderr.write(`${file} is out of date: run "npm run build && npm run api".\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  await mkdir(folder, { recursive: true });
  for (const [name, build] of Object.entries(documents)) await writeFile(new URL(name, folder), contentOf(build));
}
