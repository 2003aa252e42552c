// Settings and values meet: every setting of every service can be set, the chart sets nothing that a service does
// not know, and every value changes what is rendered.
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { root } from '../bootstrap.mjs';
import { renderChart } from './render.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { SERVICES } from './service-settings.mjs';

/** In the images; the chart leaves them alone. */
const OF_THE_IMAGE = ['HOST', 'NODE_ENV'];
/** Gateways reach broadcasters by the address of a pod, for which no certificate is made out. */
const NOT_IN_THE_CHART = { broadcaster: ['TLS_CERT', 'TLS_KEY'] };
/** Not a setting: other variables are made from it. */
const HELPERS = ['POD_IP'];

const podOf = (objects, service) =>
  objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith(`-${service}`));

/** @param settings as `serviceSettings` gives them; @param rendered objects by scenario */
export function settingProblems(chart, settings, rendered) {
  const problems = [];
  const image = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const wished = Object.fromEntries(
    SERVICES.map((service) => [service, { settings: others(settings[service].plain) }]),
  );
  const objects = withValues(wished, (file) =>
    renderChart(chart, { values: [...(SCENARIOS.evaluation.values ?? []), file], sets: [] }),
  );
  for (const service of SERVICES) {
    const { names, plain, secret } = settings[service];
    const { data } = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith(`-${service}`),
    );
    for (const { key } of plain) {
      const value = String(wished[service].settings[key]);
      if (data[key] !== value) problems.push(`${service}.settings.${key} does not reach the service`);
    }
    const set = new Set(
      Object.values(rendered).flatMap((all) => {
        const { env } = podOf(all, service).spec.template.spec.containers[0];
        return env.map(({ name }) => name);
      }),
    );
    const reachable = new Set([
      ...set,
      ...plain.map(({ key }) => key),
      ...secret,
      ...OF_THE_IMAGE,
      ...(NOT_IN_THE_CHART[service] ?? []),
    ]);
    for (const name of names) if (!reachable.has(name)) problems.push(`${service}: no value sets ${name}`);
    for (const name of [...set, ...Object.keys(data)]) {
      if (!names.includes(name) && !HELPERS.includes(name))
        problems.push(`${service} does not know ${name}, which the chart sets`);
    }
  }
  for (const name of OF_THE_IMAGE) if (!image.includes(`${name}=`)) problems.push(`the image does not set ${name}`);
  return problems;
}

function others(plain) {
  return Object.fromEntries(plain.map(({ key, fallback, options }) => [key, otherThan(fallback, options)]));
}

function otherThan(value, options) {
  if (options !== undefined) return options.find((option) => option !== value);
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return ['changed'];
  return typeof value === 'object' ? { changed: 'yes' } : 'changed';
}

/** Where the general example would be refused, or changes nothing in the scenario "everything on". */
const EXAMPLES = {
  'auth.jwksUrl': { value: 'https://b.example/keys', also: { auth: { method: 'jwks' } } },
  'auth.jwksAlgorithms': { value: 'ES256', also: { auth: { method: 'jwks' } } },
  'auth.publicKey': { value: 'PEM', also: { auth: { method: 'publicKey', publicKey: 'OTHER' } } },
  'auth.method': { value: 'jwks' },
  'nats.auth.method': { value: 'none' },
  'nats.replicas': { value: 1 },
  'nats.bundled.enabled': {
    value: false,
    also: { nats: { url: '', replicas: 1, bundled: { enabled: true } } },
    then: { nats: { url: 'nats://a' } },
  },
  'nats.bundled': { also: { nats: { url: '', replicas: 1, bundled: { enabled: true } } } },
  'nats.bundled.storage.className': {
    value: 'fast',
    also: { nats: { url: '', replicas: 1, bundled: { enabled: true } } },
  },
  'redis.bundled': { also: { redis: { bundled: { enabled: true } } } },
  'redis.url': { value: 'redis://b:1', also: { redis: { existingSecret: '', url: 'redis://a:1' } } },
  'orchestratorCorpus.configMap': { value: 'documents', also: { orchestratorCorpus: { existingClaim: '' } } },
  'ingress.paths': { value: ['/changed'] },
  'ingress.certManager.issuer': { value: '' },
  'httpRoute.parentRefs': { value: [{ name: 'other' }] },
  'networkPolicy.gatewayFrom': { value: [] },
  'networkPolicy.metricsFrom': { value: [] },
  'networkPolicy.natsPeers': { value: [] },
  'networkPolicy.redisPeers': { value: [] },
  'networkPolicy.orchestratorEgress': { value: [] },
  'networkPolicy.identityEgress': { value: [] },
  'networkPolicy.natsPorts': { value: [4223] },
  'networkPolicy.redisPorts': { value: [6380] },
  nameOverride: { value: 'changed', also: { fullnameOverride: '' } },
};
const SERVICE_EXAMPLES = {
  digest: `sha256:${'a'.repeat(64)}`,
  terminationGracePeriodSeconds: 600,
  tolerations: [{ key: 'changed' }],
  replicas: 7,
  'autoscaling.minReplicas': 9,
};

/** @param entries as `readValues` gives them. Sees to values that have an effect in one scenario at least. */
export function deadValues(chart, entries) {
  const leaves = entries.filter(({ branch }) => !branch);
  const dead = [];
  const perService = new Map();
  for (const entry of leaves) {
    const [first, ...rest] = entry.path;
    if (rest[0] === 'settings') continue;
    if (SERVICES.includes(first)) perService.set(rest.join('.'), [...(perService.get(rest.join('.')) ?? []), entry]);
    else if (!changes(chart, entry)) dead.push(entry.path.join('.'));
  }
  for (const same of perService.values()) dead.push(...deadOfServices(chart, same));
  return dead.map((path) => `${path} changes nothing`);
}

function changes(chart, { path, value, rule }) {
  const name = path.join('.');
  const example = EXAMPLES[name] ?? Object.entries(EXAMPLES).find(([key]) => name.startsWith(`${key}.`))?.[1] ?? {};
  const changed = example.value ?? (rule.enum ? rule.enum.find((one) => one !== value) : otherThan(value));
  const before = standing(chart, example.also ?? {});
  const after = renderWith(
    chart,
    merge(merge(example.also ?? {}, example.then ?? {}), nested(path, flipped(name, changed, value))),
  );
  return !isDeepStrictEqual(before.objects, after.objects);
}

/** In "everything on" a flag is on: then the change is to switch it off. */
function flipped(name, changed, value) {
  return typeof value === 'boolean' && ON.includes(name) ? false : changed;
}

const ON = [
  ...['ingress.enabled', 'ingress.tls.enabled', 'httpRoute.enabled', 'monitors.enabled', 'rules.enabled'],
  ...['dashboards.enabled', 'nats.bundled.enabled', 'redis.bundled.enabled'],
];

function deadOfServices(chart, entries) {
  const scales = entries[0].path[1] === 'autoscaling';
  const off = Object.fromEntries(SERVICES.map((service) => [service, { autoscaling: { enabled: scales } }]));
  delete off.monitoring;
  const wished = entries.reduce((all, { path, value, rule }) => {
    const named = SERVICE_EXAMPLES[path.slice(1).join('.')];
    const secret =
      path.at(-1) === 'secretSettings' ? { [rule.propertyNames.enum[0]]: { name: 'a', key: 'b' } } : undefined;
    const flipped = path.at(-1) === 'enabled' ? !scales : undefined;
    const resources = path.at(-1) === 'resources' ? { requests: { cpu: '7' } } : undefined;
    return merge(all, nested(path, flipped ?? named ?? secret ?? resources ?? otherThan(value)));
  }, {});
  const before = standing(chart, off).objects;
  const after = renderWith(chart, merge(off, wished)).objects;
  return entries
    .filter(({ path }) => isDeepStrictEqual(ofService(before, path[0]), ofService(after, path[0])))
    .map(({ path }) => path.join('.'));
}

const ofService = (objects, service) =>
  objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === service);

/** Many values are compared with the same rendering. */
function standing(chart, values) {
  const key = JSON.stringify(values);
  if (!known.has(key)) known.set(key, renderWith(chart, values));
  return known.get(key);
}

const known = new Map();

function renderWith(chart, values) {
  const { values: files } = SCENARIOS['everything on'];
  // Generated secrets differ in every rendering.
  const fixed = {
    auth: { existingSecret: 'tokens' },
    nats: { auth: { existingSecret: 'users' } },
    redis: { existingSecret: 'redis' },
  };
  return withValues(merge(fixed, values), (file) => ({
    objects: renderChart(chart, { values: [...files, file] }),
  }));
}

function withValues(values, use) {
  const folder = mkdtempSync(join(tmpdir(), 'vana-values-'));
  try {
    const file = join(folder, 'values.json');
    writeFileSync(file, JSON.stringify(values));
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const nested = (path, value) => path.reduceRight((inner, key) => ({ [key]: inner }), value);

function merge(one, other) {
  const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(one) || !isMap(other)) return other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, key in other ? merge(one[key], other[key]) : one[key]]));
}
