// Three suites: unit (`*.spec.ts`, no servers), integration (`*.itest.ts`, real nats-server and
// redis-server), e2e (`e2e/`, built services as processes). VANA_SUITE picks one.
const suite = process.env.VANA_SUITE ?? 'unit';
const otherSetUp = { embedded: 'cluster', cluster: 'embedded' }[process.env.E2E_SETUP];

const suites = {
  unit: {
    roots: ['<rootDir>/libs', '<rootDir>/services', '<rootDir>/apps', '<rootDir>/tools', '<rootDir>/faults'],
    testMatch: ['**/*.spec.ts', '**/*.spec.js'],
  },
  integration: { roots: ['<rootDir>/libs', '<rootDir>/services'], testMatch: ['**/*.itest.ts'] },
  // `*.cluster.itest.ts` wants processes to pause and to kill; `*.embedded.itest.ts` does with one.
  e2e: {
    roots: ['<rootDir>/e2e'],
    testMatch: ['**/*.itest.ts'],
  },
};

export default {
  ...suites[suite],
  testTimeout: suite === 'unit' ? 10_000 : 60_000,
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...(otherSetUp ? [`\\.${otherSetUp}\\.itest\\.ts$`] : [])],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@vana/(gateway|orchestrator|broadcaster|monitoring|standalone)$': '<rootDir>/services/$1/src/index.ts',
    '^@vana/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  setupFiles: ['<rootDir>/jest.setup.js'],
};
