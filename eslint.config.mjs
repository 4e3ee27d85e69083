import { defineConfig } from 'eslint/config'
import eslint from '@eslint/js'
import ts from 'typescript-eslint'

const product = [
  'shared/**/*.ts',
  'engine/**/*.ts',
  'headless/**/*.ts',
  'electron/**/*.ts',
  'renderer/**/*.ts',
]
const tests = ['tests/**/*.ts']

export default defineConfig(
  { ignores: ['out', 'release', 'coverage', 'tests/fixtures'] },
  eslint.configs.recommended,
  ts.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],

      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          caughtErrorsIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],

      // What was caught or aborted with is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],

      // An async method without an await is how a synchronous part fulfils an asynchronous interface.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: product,
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        {
          selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>3]',
          message: 'A constructor takes at most three arguments; beyond that, one readonly options object.',
        },
      ],
    },
  },
  // Libraries do not print; they return, throw or emit.
  { files: ['shared/**/*.ts', 'engine/**/*.ts'], rules: { 'no-console': 'error' } },
  { files: ['**/locales/**'], rules: { 'max-lines': 'off' } },
  {
    files: tests,
    rules: {
      // Doubles are partial, and a method handed to expect() is not called without its object.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    rules: {
      // The type check knows which globals there are; JSON read with a @type needs no cast in between.
      'no-undef': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
)
