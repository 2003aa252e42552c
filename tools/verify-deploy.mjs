// `npm run verify:deploy`: what can be known of the deployment without a cluster. One line per check; exit code 1
// when one is red. Needs the built services (npm test's stage `types`) and, for two checks, nats-server and promtool.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { root, seconds } from './bootstrap.mjs';
import { composeProblems } from './deploy/compose.mjs';
import { identity, objects, OVERLAYS } from './deploy/kustomize.mjs';
import { modelProblems, unknownFields } from './deploy/models.mjs';
import { natsAccountProblems } from './deploy/nats-accounts.mjs';
import { ruleProblems } from './deploy/pod-rules.mjs';
import { parseYaml, renderChart } from './deploy/render.mjs';
import { REFUSED, SCENARIOS } from './deploy/scenarios.mjs';
import { serviceSettings } from './deploy/service-settings.mjs';
import { toolbox } from './deploy/toolbox.mjs';
import { deadValues, settingProblems } from './deploy/values-reach.mjs';
import { readValues } from './deploy/values-schema.mjs';
import { findProgram } from './programs.mjs';

const CHART = join(root, 'helm', 'vana-stream');
const { helm, kubectl } = toolbox();
if (helm === undefined || kubectl === undefined) {
  console.log('helm and kubectl are not on this machine, and npm has none for it: the deployment was not verified.');
  process.exit(0);
}
const rendered = {};
const labelled = () =>
  Object.entries(rendered).flatMap(([name, all]) =>
    all.map((object) => ({ label: `${name}, ${identity(object)}`, object })),
  );

const checks = {
  'generated files are up to date': () => sentence(run(process.execPath, ['tools/deploy-generate.mjs', '--check'])),
  'helm lint --strict': () =>
    Object.entries(SCENARIOS).flatMap(([name, { values = [], sets = [] }]) => {
      const given = [...values.flatMap((file) => ['--values', file]), ...sets.flatMap((set) => ['--set', set])];
      return sentence(run(helm, ['lint', '--strict', CHART, ...given])).map((text) => `${name}: ${text}`);
    }),
  'helm template': () => {
    for (const [name, scenario] of Object.entries(SCENARIOS)) rendered[name] = renderChart(CHART, scenario);
    return [];
  },
  'objects against Kubernetes models': () => modelProblems(labelled()),
  'the models see a wrong field': () => {
    const [first] = labelled().filter(({ object }) => object.kind === 'Deployment');
    const wrong = structuredClone(first);
    wrong.object.spec.template.spec.containers[0].noSuchField = 1;
    return unknownFields([wrong]).length > 0 ? [] : ['an unknown field was not noticed'];
  },
  'pod security, secrets, versions, requests': () =>
    labelled().flatMap(({ label, object }) => ruleProblems(object).map((problem) => `${label}: ${problem}`)),
  'kustomize overlays equal the chart': kustomizeProblems,
  'wrong values are refused': refusalProblems,
  'settings and values agree': async () => settingProblems(CHART, await serviceSettings(), rendered),
  'no value is dead': () => deadValues(CHART, readValues(readFileSync(join(CHART, 'values.yaml'), 'utf8'))),
  'compose file': () => composeProblems(),
  'alert rules': ruleFileProblems,
  'NATS accounts on a real server': async () => {
    const natsServer = findProgram('nats-server');
    return natsServer === undefined
      ? 'there is no nats-server here'
      : natsAccountProblems({ natsServer, chart: CHART });
  },
};

const only = process.argv.slice(2);
let red = 0;
for (const [name, check] of Object.entries(checks)) {
  if (only.length > 0 && name !== 'helm template' && !only.some((word) => name.includes(word))) continue;
  const started = Date.now();
  const outcome = await Promise.resolve()
    .then(check)
    .catch((error) => [error.message]);
  const left = typeof outcome === 'string';
  const problems = left ? [] : outcome;
  console.log(
    `${left ? 'left out' : problems.length === 0 ? 'ok' : 'FAILED'}  ${name} (${seconds(started)} s)${left ? `: ${outcome}` : ''}`,
  );
  for (const problem of problems.slice(0, 20)) console.log(`        ${problem}`);
  red += problems.length > 0 ? 1 : 0;
}
process.exit(red === 0 ? 0 : 1);

function kustomizeProblems() {
  const byName = (all) => Object.fromEntries(all.map((object) => [identity(object), object]));
  return Object.entries(OVERLAYS).flatMap(([name, overlay]) => {
    const built = run(kubectl, ['kustomize', join(root, 'k8s', 'overlays', name)]);
    if (built.status !== 0) return sentence(built);
    const made = byName(
      parseYaml(built.stdout).filter(({ kind, metadata }) => !(kind === 'Secret' && metadata.name in overlay.secrets)),
    );
    const wanted = byName(objects(CHART, overlay));
    const names = [...new Set([...Object.keys(made), ...Object.keys(wanted)])];
    return names.filter((one) => !isDeepStrictEqual(made[one], wanted[one])).map((one) => `${name}: ${one} differs`);
  });
}

function refusalProblems() {
  return REFUSED.flatMap(({ sets, says }) => {
    try {
      renderChart(CHART, { sets });
      return [`accepted: ${sets.join(' ')}`];
    } catch (error) {
      return says.test(error.message) ? [] : [`${sets.join(' ')}: ${error.message}`];
    }
  });
}

function ruleFileProblems() {
  const promtool = findProgram('promtool');
  if (promtool === undefined) return 'there is no promtool here';
  const folder = join(CHART, 'files', 'rules');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return sentence(run(promtool, ['check', 'rules', ...files.map((name) => join(folder, name))]));
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** What a program that failed has said. */
function sentence({ status, error, stdout, stderr }) {
  return status === 0 ? [] : [error?.message ?? `${stdout}${stderr}`.trim()];
}
