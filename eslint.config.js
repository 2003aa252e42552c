import tseslint from 'typescript-eslint';

const coreBans = ['@nestjs/*', 'fastify', '@fastify/*', 'ioredis', '@nats-io/*', 'pino'];
const core = [
  'libs/events/src/**',
  'libs/stream-core/src/**',
  'libs/sse-wire/src/**',
  'libs/run-state/src/**',
  'libs/routing/src/**',
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', 'docs/**', '.vana/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // The core and the client are plain TypeScript: no framework, no vendor client.
    files: [...core, 'libs/stream-client/src/**', 'libs/stream-react/src/**', 'apps/*/src/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: coreBans, message: 'No framework and no vendor client here.' }] },
      ],
    },
  },
  {
    // A page looks at the kinds of events that it shows.
    files: ['libs/stream-react/src/**', 'apps/*/src/**'],
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // The core has no clock, timers or process of its own: they come in through ports.
    files: ['libs/stream-core/src/**', 'libs/sse-wire/src/**', 'libs/run-state/src/**', 'libs/routing/src/**'],
    ignores: ['**/*.spec.ts', '**/src/spec/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        'process',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'performance',
        'queueMicrotask',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: 'error' },
  },
);
