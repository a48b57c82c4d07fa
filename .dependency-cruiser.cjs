/** Lower layers first; a layer may import itself and the layers named after it. */
const layers = {
  base: [],
  fdt: ['base'],
  machine: ['base'],
  engine: ['base'],
  kexec: ['base', 'fdt', 'machine'],
  kernel: ['base', 'fdt', 'machine', 'kexec'],
  shell: ['base', 'fdt', 'kernel'],
  world: ['base', 'fdt', 'machine', 'engine', 'kexec', 'kernel'],
  scenarios: ['base', 'fdt', 'machine', 'engine', 'kexec', 'kernel', 'shell', 'world'],
};

/** Libraries that touch neither the DOM nor time; only `shell` and `scenarios` may use them. */
const textLibraries = [
  'yaml',
  'mdast-util-from-markdown',
  'mdast-util-frontmatter',
  'mdast-util-gfm-table',
  'micromark-extension-frontmatter',
  'micromark-extension-gfm-table',
  '@types/mdast',
  '@marcbachmann/cel-js',
  'unbash',
].map((name) => `node_modules/${name}/`);

const tests = '[.]test[.]ts$';

const below = Object.entries(layers).map(([layer, allowed]) => ({
  name: `${layer}-imports-only-what-is-below-it`,
  comment: `src/sim/${layer} may import ${[layer, ...allowed].join(', ')} of src, nothing else.`,
  severity: 'error',
  from: { path: `^src/sim/${layer}/`, pathNot: tests },
  to: { path: '^src/', pathNot: [layer, ...allowed].map((name) => `^src/sim/${name}/`) },
}));

module.exports = {
  forbidden: [
    ...below,
    {
      name: 'sim-has-only-known-layers',
      comment: 'A new folder of src/sim needs a row in the table above.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '^src/sim/',
        pathNot: [...Object.keys(layers), 'testing'].map((name) => `^src/sim/${name}/`),
      },
    },
    {
      name: 'sim-is-alone',
      comment: 'The core uses no library.',
      severity: 'error',
      from: { path: '^src/sim/', pathNot: [tests, '^src/sim/(shell|scenarios|testing)/'] },
      to: { dependencyTypesNot: ['local', 'type-only'], pathNot: '^src/' },
    },
    {
      name: 'text-layers-use-only-text-libraries',
      comment: 'shell and scenarios may use the named libraries, which know neither DOM nor time.',
      severity: 'error',
      from: { path: '^src/sim/(shell|scenarios)/', pathNot: tests },
      to: { pathNot: ['^src/', ...textLibraries] },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, '/testing/'] },
      to: { path: '^src/(sim|worker)/testing/' },
    },
    {
      name: 'nobody-imports-a-test',
      severity: 'error',
      from: {},
      to: { path: tests },
    },
    {
      name: 'worker-never-sees-ui',
      severity: 'error',
      from: { path: '^src/worker/' },
      to: { path: '^src/(ui|cli)/' },
    },
    {
      name: 'cli-never-sees-ui',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(ui/|main|App)' },
    },
    {
      name: 'only-the-command-line-sees-node',
      comment: 'Everything else must run in a browser.',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, '^src/cli/', '^src/(sim|worker)/testing/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-imports-the-command-line',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', tests] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'ui-talks-to-the-worker-not-to-the-sim',
      comment: 'Values from src/sim only from base and from the register and layout tables.',
      severity: 'error',
      from: { path: '^src/(ui/|main[.]ts|App[.]svelte)', pathNot: tests },
      to: {
        path: '^src/sim/',
        pathNot: ['^src/sim/base/', '[.](regs|layout)[.]ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'ui-enters-the-worker-by-its-door',
      comment: 'Values from src/worker only from client.ts; types from anywhere.',
      severity: 'error',
      from: { path: '^src/(ui/|main[.]ts|App[.]svelte)', pathNot: [tests, '^src/ui/testing/'] },
      to: {
        path: '^src/worker/',
        pathNot: ['^src/worker/client[.]ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'd3-draws-only-in-the-kit',
      comment: 'D3 computes, Svelte draws; where D3 owns a node, an attachment of ui/kit hides it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ui/kit/' },
      to: {
        path: 'node_modules/d3-(selection|axis|drag|transition)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: [tests, 'vite[.]config', '[.]d[.]ts$', '[.]css$'] },
      to: {},
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.ui.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'default', 'types'],
    },
  },
};
