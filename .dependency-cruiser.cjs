// Who may import whom. The folder's layer decides; the lists read "X imports only Y".
const lib = (names) => `^libs/(${names})/`;
// Specs, and what only specs import.
const TESTS = '\\.(spec|itest)\\.ts$|/src/spec/';
const CONTRACT = 'events';
const CORE = 'stream-core|sse-wire|run-state|routing';
const UTIL = 'settings|observability';
const ADAPTER = 'event-bus-nats|event-history-redis|session-store|in-memory|access-token|front-door';
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: lib(from), pathNot: TESTS },
  to: { path: '^(libs|services|e2e|faults)/', pathNot: [lib(allowed), `^libs/$1/`] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('contract-imports-nothing-of-ours', CONTRACT, CONTRACT),
    only('core-imports-contract-and-core', CORE, `${CONTRACT}|${CORE}`),
    only('util-imports-contract-and-core', UTIL, `${CONTRACT}|${CORE}|${UTIL}`),
    only('adapters-import-core-contract-util', ADAPTER, `${CONTRACT}|${CORE}|${UTIL}`),
    only('client-imports-contract', 'stream-client|event-publisher', CONTRACT),
    only('ui-imports-client-and-contract', 'stream-react', `${CONTRACT}|stream-client`),
    {
      // What the contract brings along (zod, the schemas) has no place in a browser.
      name: 'client-imports-types-only',
      severity: 'error',
      from: { path: lib('stream-client|stream-react|event-publisher'), pathNot: TESTS },
      to: { path: lib(CONTRACT), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pages-import-ui-and-client',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: TESTS },
      to: { path: '^(libs|services|apps|e2e|faults)/', pathNot: [lib('stream-client|stream-react'), '^apps/$1/'] },
    },
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/standalone/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-never-import-services',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(services|e2e|faults)/' },
    },
    {
      name: 'test-kit-only-in-tests',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: [TESTS, '^libs/test-kit/'] },
      to: { path: '^libs/test-kit/' },
    },
    {
      name: 'only-through-the-index',
      severity: 'error',
      from: { path: '^(libs|services|apps)/([^/]+)/' },
      to: { path: '^(libs|services)/[^/]+/src/', pathNot: ['^$1/$2/', '/src/index\\.ts$'] },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tools/depcruise.tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
