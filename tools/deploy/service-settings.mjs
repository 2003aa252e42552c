// What each service reads from its environment: names and defaults from the compiled schemas, words from the
// comments in the sources.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../bootstrap.mjs';

export const SERVICES = ['gateway', 'orchestrator', 'broadcaster', 'monitoring'];

/** Set by the chart itself, from other values than the service's `settings`. */
const WIRED = new Set([
  ...['HOST', 'PORT', 'NODE_ENV', 'ADVERTISE_URL', 'TLS_CERT', 'TLS_KEY', 'RESEARCH_CORPUS'],
  ...['NATS_URL', 'NATS_USER', 'NATS_PASSWORD', 'NATS_CREDS', 'NATS_TLS_CA', 'NATS_REPLICAS'],
  ...['REDIS_URL', 'REDIS_TLS_CA'],
  ...['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL', 'JWT_ALGORITHMS', 'JWT_MAX_LIFETIME', 'JWT_ISSUER'],
  ...['JWT_AUDIENCE', 'INTERNAL_JWT_SECRET'],
]);

const isSecret = (key) => /(_KEY|_SECRET|_PASSWORD|_TOKEN|_CREDS)$/.test(key);

/** @returns per service: all names, the plain settings with default and words, the names that are secrets */
export async function serviceSettings() {
  const words = settingComments();
  const all = {};
  for (const service of SERVICES) {
    const index = await import(join(root, 'services', service, 'dist', 'index.js'));
    const { shape } = index[`${service}SettingsSchema`];
    const names = Object.keys(shape);
    const own = names.filter((key) => !WIRED.has(key));
    const plain = own
      .filter((key) => !isSecret(key))
      .map((key) => ({ key, about: words.get(key), ...kind(shape[key]) }));
    all[service] = { names, plain, secret: own.filter(isSecret) };
  }
  return all;
}

function kind(field) {
  const { type, defaultValue } = field.def;
  const fallback = typeof defaultValue === 'object' || defaultValue === undefined ? '' : defaultValue;
  const options = enumOptions(field);
  if (options !== undefined) return { fallback, options };
  return { fallback, text: type !== 'default' || typeof fallback === 'string' };
}

function enumOptions(field) {
  const { type, innerType, in: input, entries } = field.def;
  if (type === 'enum') return Object.values(entries);
  if (type === 'default' || type === 'optional') return enumOptions(innerType);
  return type === 'pipe' ? enumOptions(input) : undefined;
}

/** The comment in front of `NAME:` in any source of a setting. */
function settingComments() {
  const words = new Map();
  for (const file of sources()) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node) => {
      if (ts.isPropertyAssignment(node) && /^[A-Z][A-Z0-9_]+$/.test(node.name.getText())) {
        const [comment] = ts.getJSDocCommentsAndTags(node);
        if (comment?.comment && !words.has(node.name.getText())) {
          words.set(node.name.getText(), String(ts.getTextOfJSDocComment(comment.comment)).replace(/\s+/g, ' '));
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return words;
}

function sources() {
  return ['libs', 'services'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map(String)
      .filter((path) => path.includes('src') && /(settings|fields|principal-token)\.ts$/.test(path))
      .filter((path) => !/node_modules|dist/.test(path))
      .map((path) => join(root, folder, path)),
  );
}
