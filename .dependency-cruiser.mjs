// Which room may import what. Type-only imports count: a room that needs another's types depends on it.
//
//   shared ← engine ← electron, headless        shared ← renderer        nothing imports a host

/** npm packages that run everywhere, so that shared/ may use them. */
const isomorphic = '^node_modules/(zod|@msgpack/msgpack)/'

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
export const forbidden = [
  {
    name: 'no-cycles',
    comment: 'No file imports itself by way of others. Move what both need into a file of its own.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'shared-is-pure',
    comment:
      'shared/ imports only shared/, zod and @msgpack/msgpack: it runs in Node, in workers and in browsers.',
    severity: 'error',
    from: { path: '^shared/' },
    to: { pathNot: ['^shared/', isomorphic], couldNotResolve: false },
  },
  {
    name: 'engine-knows-no-host',
    comment: 'engine/ imports only engine/, shared/ and packages. What differs per host comes in as a port.',
    severity: 'error',
    from: { path: '^engine/' },
    to: { path: '^(headless|electron|renderer|tests|bench|chaos|scripts|bin)/' },
  },
  {
    name: 'headless-stands-alone',
    comment: 'headless/ imports only headless/, engine/, shared/ and packages.',
    severity: 'error',
    from: { path: '^headless/' },
    to: { path: '^(electron|renderer|tests|bench|chaos|scripts|bin)/' },
  },
  {
    name: 'electron-stands-alone',
    comment:
      'electron/ imports only electron/, engine/, shared/ and packages; hosts do not import each other.',
    severity: 'error',
    from: { path: '^electron/' },
    to: { path: '^(headless|renderer|tests|bench|chaos|scripts|bin)/' },
  },
  {
    name: 'renderer-sees-shared-only',
    comment: 'renderer/ imports only renderer/, shared/ and packages, and nothing of Node.',
    severity: 'error',
    from: { path: '^renderer/' },
    to: { path: '^(engine|headless|electron|tests|bench|chaos|scripts|bin)/' },
  },
  {
    name: 'renderer-without-node',
    comment: 'renderer/ runs in a browser too: no Node modules.',
    severity: 'error',
    from: { path: '^renderer/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'electron-only-in-electron',
    comment: "Only electron/ imports 'electron'.",
    severity: 'error',
    from: { pathNot: ['^electron/', '^node_modules/'] },
    to: { path: ['^electron$', '^electron/(main|common|renderer|utility)$', '^node_modules/electron/'] },
  },
  {
    name: 'stages-know-no-run',
    comment:
      'Executors, sinks and sources do one thing and know neither the run nor the pool they are part of.',
    severity: 'error',
    from: { path: '^engine/(executor|sink|source)/' },
    to: { path: '^engine/(run|pool)/' },
  },
  {
    name: 'product-without-dev-packages',
    comment: 'What ships imports no devDependency: move the package to dependencies.',
    severity: 'error',
    from: { path: '^(shared|engine|headless)/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm'], pathNot: '^node_modules/@types/' },
  },
  {
    name: 'declared-packages-only',
    comment: 'Import only packages that package.json names.',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'resolvable',
    comment: 'The imported file or package does not exist.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^electron(/|$)' },
  },
  {
    name: 'say-what-it-holds',
    comment: 'Name a file for what it holds: no utils, helpers, manager or common.',
    severity: 'error',
    from: {},
    to: { path: '/(utils?|helpers?|manager|common)[.](ts|vue)$', pathNot: '^node_modules/' },
  },
]

/** @type {import('dependency-cruiser').ICruiseOptions} */
export const options = {
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  exclude: { path: ['^out/', '^tests/fixtures/'] },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  moduleSystems: ['es6', 'cjs'],
}
