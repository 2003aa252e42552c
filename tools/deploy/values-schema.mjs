// values.schema.json and the list of values in the chart's README, made from the comments of values.yaml:
// `# -- words` in front of a key, `# @schema {…}` for what its default does not tell.
import { toolboxModule } from './toolbox.mjs';

const { parseDocument, isMap } = await toolboxModule('yaml');

/** @returns [{path, about, rule, value, isMap}] in the order of the file */
export function readValues(text) {
  const entries = [];
  const visit = (map, path) => {
    for (const [at, pair] of map.items.entries()) {
      const comment = pair.key.commentBefore ?? (at === 0 ? map.commentBefore : undefined);
      const { about, rule } = readComment(comment);
      const here = [...path, pair.key.value];
      const branch = isMap(pair.value) && pair.value.items.length > 0 && rule.additionalProperties === undefined;
      entries.push({ path: here, about, rule, branch, value: pair.value.toJSON() });
      if (branch) visit(pair.value, here);
    }
  };
  visit(parseDocument(text).contents, []);
  return entries;
}

function readComment(comment = '') {
  // What belongs to this key stands directly in front of it.
  const lines = comment
    .split(/\n\s*\n/)
    .at(-1)
    .split('\n')
    .map((line) => line.trim());
  const start = lines.findLastIndex((line) => line.startsWith('-- '));
  const words =
    start < 0 ? [] : lines.slice(start).filter((line) => !line.startsWith('@schema') && !line.startsWith('<'));
  const rules = lines.filter((line) => line.startsWith('@schema ')).map((line) => JSON.parse(line.slice(8)));
  return { about: words.join(' ').replace(/^-- /, ''), rule: Object.assign({}, ...rules) };
}

export function schemaOf(entries) {
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Values of vana-stream', ...object() };
  schema.properties.global = { type: 'object' };
  for (const { path, about, rule, branch, value } of entries) {
    const parent = path.slice(0, -1).reduce((at, key) => at.properties[key], schema);
    const described = about === '' ? {} : { description: about };
    parent.properties[path.at(-1)] = branch
      ? { ...described, ...object() }
      : { ...described, ...leaf(value, rule, path.includes('settings')) };
  }
  return schema;
}

const object = () => ({ type: 'object', additionalProperties: false, properties: {} });

function leaf(value, rule, isSetting) {
  if (rule.enum !== undefined) return { ...rule };
  if (Array.isArray(value)) return { type: 'array', ...rule };
  if (typeof value === 'number') return { type: isSetting ? 'number' : 'integer', minimum: 0, ...rule };
  return { type: typeof value, ...rule };
}

/** A list in Markdown; a table of texts this long would be hard to read in the source. */
export function valuesList(entries) {
  return entries
    .filter(({ branch }) => !branch)
    .map(({ path, about, value }) => `- \`${path.join('.')}\` (\`${JSON.stringify(value)}\`)${about && `: ${about}`}`)
    .join('\n');
}
