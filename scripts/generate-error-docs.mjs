// Makes docs/errors.md from the codes and their texts in both languages.
// Usage: node scripts/generate-error-docs.mjs [--check]
import './require-node.mjs'
import { writeOrCheck } from './generated-file.mjs'

// Loaded here, not above: an older Node cannot read TypeScript, and the first import is to say so.
const { ERROR_CODES } = await import('../shared/model/error.ts')
const { errors: en } = await import('../shared/locales/en/errors.ts')
const { errors: zh } = await import('../shared/locales/zh-CN/errors.ts')

/** `E_NONE` stands for the absence of an error and is never thrown. */
const codes = ERROR_CODES.filter(code => code !== 'E_NONE')

/** @param {import('../shared/locales/translate.ts').Message} message @returns {string} Text for one table cell. */
const cell = message => {
  if (typeof message !== 'string') throw new Error('an error has one text, not one for each number')
  return message.replaceAll('|', '\\|')
}

/**
 * @param {readonly [code: string, meaning: string, remedy: string]} head
 * @param {Readonly<Record<string, import('../shared/locales/translate.ts').Message>>} texts
 */
const table = (head, texts) =>
  [
    `| ${head.join(' | ')} |`,
    '| --- | --- | --- |',
    ...codes.map(
      code =>
        `| \`${code}\` | ${cell(texts[`error.${code}`] ?? '')} | ${cell(texts[`error.${code}.hint`] ?? '')} |`,
    ),
  ].join('\n')

const page = `# Error codes

<!-- Made by scripts/generate-error-docs.mjs from the catalogues; do not edit. -->

Codes are stable: scripts may match them. New ones are only ever appended, and none changes its meaning. A code stands
in the \`error\` of a result, in \`errors\` and \`error\` of a summary, in \`task.failed\` events, and in refusals with
\`--json\`.

A code on a **task** never ends the run: the task is \`failed\`, \`skipped\` or \`quarantined\`, and the others go on. A
code on the **run** or the command ends it with exit code 1 (\`E_INTERNAL\`), 2 (the command or the job must change) or 5
(something it stands on is missing); what was done is kept.

The message next to a code says what happened where and, if a limit was met, which. It has at most 300 characters, and
control characters in it are escaped. \`E_IPC_SENDER\` and \`E_INTERPRETER\` belong to later versions and are listed
because their numbers are taken.

## English

${table(['code', 'what it means', 'what to do'], en)}

## 中文

${table(['代码', '含义', '怎么办'], zh)}
`

writeOrCheck('docs/errors.md', page, 'scripts/generate-error-docs.mjs')
