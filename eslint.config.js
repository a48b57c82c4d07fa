import js from '@eslint/js';
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const CODE_ONLY = { skipBlankLines: true, skipComments: true };
const TESTS = ['**/*.test.ts', 'src/*/testing/**', 'e2e/**'];

/** What a deterministic core must not touch; none of it is missing from the ES library or lint. */
const BANNED_IN_SIM = [
  ['Date', 'use the simulated clock'],
  ['performance', 'use the simulated clock'],
  ['setTimeout', 'use an alarm of the simulated clock'],
  ['setInterval', 'use an alarm of the simulated clock'],
  ['queueMicrotask', 'state is data: make it a step'],
  ['console', 'write to the simulated log'],
  ['process', 'the core runs in a worker too'],
  ['globalThis', 'the core has no surroundings'],
  ['Intl', 'its tables differ between browsers'],
].map(([name, message]) => ({ name, message }));

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'playwright-report/', 'test-results/', 'public/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  svelte.configs.prettier,
  comments.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines-per-function': ['error', { max: 70, ...CODE_ONLY }],
      'max-lines': ['error', { max: 400, ...CODE_ONLY }],
      eqeqeq: 'error',
      'no-console': 'error',
      '@eslint-community/eslint-comments/require-description': 'error',
      '@eslint-community/eslint-comments/no-unlimited-disable': 'error',
      // An index into a typed array is `number | undefined` to the compiler; `!` is how one says no.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A step ends with `return x.ret(code)`: what comes back is nothing, and that is the point.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Both forms read well where they are used; see Scenes and Records.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      'no-restricted-imports': [
        'error',
        { name: 'fast-check', message: 'its seed is set in src/sim/testing/properties.ts' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'export by name' },
        { selector: 'ExportAllDeclaration', message: 'no barrels: import from where it lives' },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
    rules: {
      // Props are declared with `let` by custom: `$props()` and `$bindable()` may be assigned.
      'prefer-const': 'off',
      // The compiler knows better: svelte-check refuses names that are not there.
      'no-undef': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props'] }],
    },
  },
  {
    files: ['src/sim/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', ...BANNED_IN_SIM],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'use the seeded Rng of the run' },
        { property: 'localeCompare', message: 'compare code units: locales differ' },
        { property: 'toLocaleString', message: 'format by hand: locales differ' },
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 800, ...CODE_ONLY }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/sim/testing/properties.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    // The command line and the checks talk to a person: standard output is theirs.
    files: ['src/cli/**', 'e2e/**'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
  {
    // A cast in a comment is seen by the compiler, which checks these files, but not by the linter.
    files: ['**/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['*.config.{js,ts}'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable' } },
  },
);
