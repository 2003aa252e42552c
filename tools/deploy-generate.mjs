// `npm run deploy:generate`: writes what of the chart is made from something else: the settings in values.yaml,
// values.schema.json, the list of values in the README, and k8s/. With --check it only tells what is out of date.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import prettier from 'prettier';
import { root } from './bootstrap.mjs';
import { renderKustomize } from './deploy/kustomize.mjs';
import { serviceSettings } from './deploy/service-settings.mjs';
import { readValues, schemaOf, valuesList } from './deploy/values-schema.mjs';
import { withSettings } from './deploy/values-text.mjs';

const CHART = join(root, 'helm', 'vana-stream');
const KUSTOMIZE = join(root, 'k8s');
const check = process.argv.includes('--check');
const outdated = [];

const values = await write(
  join(CHART, 'values.yaml'),
  withSettings(readFileSync(join(CHART, 'values.yaml'), 'utf8'), await serviceSettings()),
);
const entries = readValues(values);
await write(join(CHART, 'values.schema.json'), JSON.stringify(schemaOf(entries)));
await write(join(CHART, 'README.md'), readme());
const rendered = renderKustomize(CHART);
for (const [path, text] of Object.entries(rendered)) await write(join(KUSTOMIZE, path), text);
removeLeftovers();

if (outdated.length > 0) {
  console.log(`Out of date: ${outdated.join(', ')}. Run npm run deploy:generate and commit what it writes.`);
  process.exitCode = 1;
}

async function write(file, text) {
  const formatted = await prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
  const standing = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (standing === formatted) return formatted;
  if (check) outdated.push(relative(root, file));
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, formatted);
  }
  return formatted;
}

function readme() {
  const text = readFileSync(join(CHART, 'README.md'), 'utf8');
  return text.replace(/(<!-- values -->\n)[\s\S]*(<!-- \/values -->)/, `$1\n${valuesList(entries)}\n\n$2`);
}

/** Files of an object that is rendered no more. */
function removeLeftovers() {
  const files = existsSync(KUSTOMIZE) ? readdirSync(KUSTOMIZE, { recursive: true }).map(String) : [];
  for (const path of files.filter(
    (name) => name.endsWith('.yaml') && rendered[name.replaceAll('\\', '/')] === undefined,
  )) {
    if (check) outdated.push(`k8s/${path}`);
    else rmSync(join(KUSTOMIZE, path));
  }
}
