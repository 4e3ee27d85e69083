// Components only, and one rule that no other tool has: everything else is checked by oxlint (.oxlintrc.json), which knows
// the types and takes a tenth of the time.
import { defineConfig } from 'eslint/config'
import eslint from '@eslint/js'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const components = ['renderer/**/*.vue']

export default defineConfig(
  {
    ignores: [
      'out',
      'release',
      'coverage',
      'tests',
      'bench',
      'chaos',
      'scripts',
      'renderer/public',
      '**/*.mjs',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'off' } },
  {
    files: ['{shared,engine,headless,electron,renderer}/**/*.ts'],
    languageOptions: { parser: ts.parser },
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>3]',
          message: 'A constructor takes at most three arguments; beyond that, one readonly options object.',
        },
      ],
    },
  },
  {
    files: components,
    extends: [eslint.configs.recommended, ts.configs.recommendedTypeChecked, vue.configs['flat/recommended']],
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],

      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // An async method without an await is how a synchronous part fulfils an asynchronous interface.
      '@typescript-eslint/require-await': 'off',
      // vue-tsc types what comes out of a component; the linter cannot see into one.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',

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
  // Named by what they show; the file of the whole application by its custom.
  { files: ['renderer/App.vue'], rules: { 'vue/multi-word-component-names': 'off' } },
)
