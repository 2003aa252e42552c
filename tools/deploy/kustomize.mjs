// k8s/: a kustomize base and overlays, made from the chart. The base is one rendering; an overlay holds what its
// own rendering has more, and patches for what it has otherwise.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { root } from '../bootstrap.mjs';
import { renderChart } from './render.mjs';
import { toolboxModule } from './toolbox.mjs';

const { stringify } = await toolboxModule('yaml');
/** Long lines stay as they are: a folded one is another text after the next formatter. */
const yamlOf = (value) => stringify(value, { lineWidth: 0, blockQuote: 'literal' });

const NAMED = ['fullnameOverride=vana', 'tests.enabled=false'];
const SECRETS = [
  ...['auth.existingSecret=vana-tokens', 'nats.auth.existingSecret=vana-nats-users'],
  'redis.existingSecret=vana-redis',
];
const EXTERNAL = ['nats.url=nats://nats:4222'];
export const OVERLAYS = {
  dev: {
    sets: [...NAMED, ...SECRETS, 'nats.bundled.enabled=true', 'redis.bundled.enabled=true'],
    // For a cluster on a laptop. Whoever can read this can read that cluster.
    secrets: {
      'vana-tokens': ['JWT_SECRET=development-only-development-only'],
      'vana-redis': ['password=development-only', 'url=redis://:development-only@vana-redis:6379'],
      'vana-nats-users': ['gateway', 'orchestrator', 'broadcaster', 'monitoring', 'operator'].map(
        (u) => `${u}=pdev${u}`,
      ),
    },
  },
  production: { values: join(root, 'deploy', 'values', 'production.yaml'), sets: NAMED, secrets: {} },
};

/** @returns texts by path under k8s/ */
export function renderKustomize(chart) {
  const base = objects(chart, { sets: [...NAMED, ...SECRETS, ...EXTERNAL] });
  const files = {
    'base/objects.yaml': documents(base),
    'base/kustomization.yaml': kustomization({ resources: ['objects.yaml'] }),
  };
  for (const [name, overlay] of Object.entries(OVERLAYS)) {
    Object.assign(files, renderOverlay(`overlays/${name}`, base, objects(chart, overlay), overlay.secrets));
  }
  return files;
}

/** The rendering that an overlay must equal. */
export function objects(chart, { values, sets }) {
  return renderChart(chart, { release: 'vana', values: values === undefined ? [] : [values], sets }).map(withoutHelm);
}

export const identity = ({ kind, metadata }) => `${kind}/${metadata.name}`;

function renderOverlay(folder, base, wanted, secrets) {
  const standing = new Map(base.map((object) => [identity(object), object]));
  const added = wanted.filter((object) => !standing.has(identity(object)));
  const changed = wanted.filter((object) => {
    const before = standing.get(identity(object));
    return before !== undefined && !isDeepStrictEqual(before, object);
  });
  const kept = new Set(wanted.map(identity));
  const removed = base.filter((object) => !kept.has(identity(object)));
  const patches = [
    ...changed.map((object) => patchOf(standing.get(identity(object)), object)),
    ...removed.map(({ apiVersion, kind, metadata: { name } }) => ({
      patch: yamlOf({ apiVersion, kind, metadata: { name }, $patch: 'delete' }),
    })),
  ];
  const secretGenerator = Object.entries(secrets).map(([name, literals]) => ({ name, literals }));
  return {
    ...(added.length === 0 ? {} : { [`${folder}/objects.yaml`]: documents(added) }),
    [`${folder}/kustomization.yaml`]: kustomization({
      resources: ['../../base', ...(added.length === 0 ? [] : ['objects.yaml'])],
      ...(patches.length === 0 ? {} : { patches }),
      ...(secretGenerator.length === 0 ? {} : { secretGenerator, generatorOptions: { disableNameSuffixHash: true } }),
    }),
  };
}

/** Replaces whole parts: a list of the chart is never merged with another one. */
function patchOf(before, after) {
  const { kind, metadata } = after;
  const parts = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const patch = parts
    .filter((part) => !isDeepStrictEqual(before[part], after[part]))
    .map((part) => {
      if (after[part] === undefined) return { op: 'remove', path: `/${part}` };
      return { op: before[part] === undefined ? 'add' : 'replace', path: `/${part}`, value: after[part] };
    });
  return { target: { kind, name: metadata.name }, patch: yamlOf(patch) };
}

function withoutHelm(object) {
  const clean = structuredClone(object);
  for (const labels of [clean.metadata.labels, clean.spec?.template?.metadata?.labels]) {
    if (labels === undefined) continue;
    delete labels['helm.sh/chart'];
    delete labels['app.kubernetes.io/managed-by'];
  }
  return clean;
}

const NOTE = '# Made from helm/vana-stream by npm run deploy:generate; changes belong there.\n';
const documents = (all) => NOTE + all.map((object) => `---\n${yamlOf(object)}`).join('');
const kustomization = (content) =>
  NOTE + yamlOf({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...content });
