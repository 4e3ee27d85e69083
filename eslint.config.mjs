import { defineConfig } from 'eslint/config'
import eslint from '@eslint/js'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const product = [
  'shared/**/*.ts',
  'engine/**/*.ts',
  'headless/**/*.ts',
  'electron/**/*.ts',
  'renderer/**/*.{ts,vue}',
]
const tests = ['tests/**/*.ts']

export default defineConfig(
  { ignores: ['out', 'release', 'coverage', 'tests/fixtures', 'renderer/public'] },
  eslint.configs.recommended,
  ts.configs.recommendedTypeChecked,
  vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
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
  {
    files: ['renderer/**/*.vue'],
    rules: {
      // The compiler knows which globals there are.
      'no-undef': 'off',
      'vue/no-v-html': 'error',
      'vue/no-static-inline-styles': 'error',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': 'error',
      'vue/html-button-has-type': 'error',
      'vue/require-default-prop': 'off',
      // Prettier lays templates out.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
    },
  },
  {
    // vue-tsc types what comes out of a component; the linter cannot see into one.
    files: ['renderer/**/*.{ts,vue}'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // A setup store is one function, whose parts are functions.
  { files: ['renderer/stores/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  // Named by what they show; the file of the whole application by its custom.
  { files: ['renderer/App.vue'], rules: { 'vue/multi-word-component-names': 'off' } },
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
