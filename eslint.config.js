import tseslint from 'typescript-eslint';

/** The arrows of ARCHITECTURE.md: domain ← platform ← {server, calls-controller}, web → domain, local → all. */
const rooms = {
  domain: ['platform', 'server', 'calls-controller', 'web', 'local', 'migrations'],
  platform: ['server', 'calls-controller', 'web', 'local'],
  server: ['calls-controller', 'web', 'local'],
  'calls-controller': ['server', 'web', 'local'],
  web: ['platform', 'server', 'calls-controller', 'local', 'migrations'],
};
/** Libraries with one home each; every rule lists all so that flat config does not override one with another. */
const homes = [
  { names: ['knex', 'pg', 'pg-copy-streams'], home: 'platform/postgres', also: ['migrations', 'local', 'test', 'bench'], why: 'SQL lives in platform/postgres' },
  { names: ['modesl', 'modesl/lib/esl/Event.js', 'modesl/lib/esl/Parser.js'], home: 'calls-controller/esl', also: ['test', 'bench'], why: 'the ESL library stays in calls-controller/esl' },
  { names: ['sip.js'], home: 'web/softphone', also: ['local', 'test'], why: 'SIP.js stays in web/softphone and local/switch' },
  { names: ['mousetrap'], home: 'web/shortcuts', also: [], why: 'Mousetrap stays in web/shortcuts' },
];
const roomRule = (room, inner) => {
  const banned = (rooms[room] ?? []).map((other) => ({ group: [`**/${other}/**`, `../${other}/**`], message: `${room} may not import ${other} (see ARCHITECTURE.md)` }));
  const paths = homes
    .filter(({ home, also }) => home !== `${room}/${inner ?? ''}` && !also.includes(room))
    .flatMap(({ names, why }) => names.map((name) => ({ name, message: why })));
  return { 'no-restricted-imports': ['error', { paths, patterns: banned }] };
};

export default tseslint.config(
  { ignores: ['node_modules', '**/dist/**', '.data', 'coverage'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      'no-restricted-globals': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines-per-function': ['warn', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  ...Object.keys(rooms).map((room) => ({ files: [`${room}/**/*.ts`], rules: roomRule(room) })),
  { files: ['platform/postgres/**/*.ts'], rules: roomRule('platform', 'postgres') },
  { files: ['calls-controller/esl/**/*.ts'], rules: roomRule('calls-controller', 'esl') },
  { files: ['web/softphone/**/*.ts'], rules: roomRule('web', 'softphone') },
  { files: ['web/shortcuts/**/*.ts'], rules: roomRule('web', 'shortcuts') },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'setTimeout', 'setInterval', 'process', 'fetch', 'performance'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'domain/ has no randomness' }],
    },
  },
  { files: ['migrations/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'local/**/*.ts', 'local/**/*.mjs', '**/*.config.*'], rules: { 'no-console': 'off', 'max-lines-per-function': 'off' } },
);
