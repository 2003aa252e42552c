// The stages of `npm test`, in their order. A check stage counts as one test; a jest stage counts its tests.
const check = (name, command, ...args) => ({ name, command, args, group: 'check' });
const jest = (name, group, env, ...args) => ({
  name,
  group,
  env,
  command: 'node',
  args: [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...args,
  ],
  report: `.vana/test-results/${name.replaceAll(' ', '-')}.json`,
});

const SOURCES = ['libs', 'services', 'apps'];
const SERVERS = ['nats-server', 'redis-server'];

export const STAGES = [
  check('format', 'prettier', '--check', '--log-level', 'warn', '.'),
  // Types before lint: the typed lint rules read the declarations that the build writes.
  check('types', 'tsc', '-b'),
  check('lint', 'eslint', '--max-warnings', '0', '.'),
  check('boundaries', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...SOURCES),
  check('unused', 'knip', '--no-progress'),
  check('api', 'node', 'tools/generate-api.mjs', '--check'),
  jest('unit', 'check', { VANA_SUITE: 'unit' }),
  { ...jest('integration', 'servers', { VANA_SUITE: 'integration' }), programs: SERVERS },
  { ...check('deploy', 'node', 'tools/verify-deploy.mjs'), group: 'deploy', programs: ['nats-server'] },
  {
    ...jest('e2e embedded', 'e2e', { VANA_SUITE: 'e2e', E2E_SETUP: 'embedded' }, '--runInBand'),
    programs: [...SERVERS, 'curl', 'python3', 'chromium'],
  },
  {
    ...jest('e2e cluster', 'e2e', { VANA_SUITE: 'e2e', E2E_SETUP: 'cluster' }, '--runInBand'),
    programs: [...SERVERS, 'curl', 'python3', 'nginx'],
  },
];

/** Stages by name or group (`check`, `servers`, `e2e`); all of them for no names. `undefined` for an unknown name. */
export function selectStages(names) {
  if (names.length === 0) return STAGES;
  const matches = (name) => STAGES.filter((stage) => stage.name === name || stage.group === name);
  if (names.some((name) => matches(name).length === 0)) return undefined;
  const chosen = new Set(names.flatMap(matches));
  return STAGES.filter((stage) => chosen.has(stage));
}
