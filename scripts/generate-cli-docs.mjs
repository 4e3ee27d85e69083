// Fills the tables of docs/cli.md from the commands and flags that the command line itself is made of. What stands
// outside of the marks `<!-- begin … -->` and `<!-- end … -->` is written by hand.
// Usage: node scripts/generate-cli-docs.mjs [--check]
import './require-node.mjs'
import { readDocument, writeOrCheck } from './generated-file.mjs'

// Loaded here, not above: an older Node cannot read TypeScript, and the first import is to say so.
const { COMMANDS } = await import('../headless/cli/commands.ts')
const { writtenNumber } = await import('../headless/cli/field-flags.ts')
const { HELP_GROUPS } = await import('../headless/cli/flag-spec.ts')
const { COMMON_FLAGS } = await import('../headless/cli/run-flags.ts')
const { wrap } = await import('../headless/cli/terminal/width.ts')
const { en } = await import('../shared/locales/en.ts')
const { translator } = await import('../shared/locales/translate.ts')

/**
 * @typedef {import('../headless/cli/command-spec.ts').CommandSpec} CommandSpec
 * @typedef {import('../headless/cli/flag-spec.ts').FlagSpec} FlagSpec
 * @typedef {import('../headless/cli/flag-spec.ts').HelpGroup} HelpGroup
 */

const FILE = 'docs/cli.md'
/** Longest line of prose. */
const COLUMNS = 120
const t = translator(en)

/** Groups whose flags several commands share: each has a section of its own. @type {Partial<Record<HelpGroup, string>>} */
const SHARED = {
  'group.parallelism': '#parallelism',
  'help.results': '#results',
  'help.ending': '#how-a-run-ends',
  'help.output': '#output',
}

/** @param {CommandSpec} spec @returns {readonly FlagSpec[]} */
const flagsOf = spec => [...spec.flags, ...COMMON_FLAGS]

/** @param {string} text */
const cell = text => text.replaceAll('|', '\\|')

/** @param {FlagSpec} flag @returns {string} `-o, --out FILE`, `--[no-]robots`. */
const term = ({ flag, short, value, isNegatable }) =>
  `\`${short ? `-${short}, ` : ''}--${isNegatable ? '[no-]' : ''}${flag}${value ? ` ${value}` : ''}\``

/** @param {FlagSpec} flag @returns {string} Choices or bounds; empty where anything may stand. */
function takes({ field: spec }) {
  const field = spec?.field
  if (!field) return ''
  if ('choices' in field) return field.choices.join(field.type === 'choices' ? ', ' : ' \\| ')
  if ('min' in field) return `${writtenNumber(field, field.min)} to ${writtenNumber(field, field.max)}`
  return ''
}

/** @param {readonly FlagSpec[]} flags */
const table = flags =>
  [
    '| flag | meaning | takes | default |',
    '| --- | --- | --- | --- |',
    ...flags.map(
      flag =>
        `| ${cell(term(flag))} | ${cell(t(flag.text))} | ${takes(flag)} | ${cell(flag.defaultText ?? '')} |`,
    ),
  ].join('\n')

/** @param {CommandSpec} spec @param {string} path */
function commandBlock(spec, path) {
  const own = flagsOf(spec).filter(({ group }) => !SHARED[group])
  const args = spec.args.map(({ name, isRepeated }) => ` <${name}${isRepeated ? '…' : ''}>`).join('')
  const examples = spec.examples.map(({ line, text }) => `# ${t(text)}\n${line}`)
  const shared = HELP_GROUPS.filter(group => SHARED[group]).flatMap(group => {
    const names = flagsOf(spec)
      .filter(flag => flag.group === group)
      .map(({ flag }) => `\`--${flag}\``)
    return names.length > 0 ? [`- [${t(group)}](${SHARED[group]}): ${names.join(' ')}`] : []
  })
  const later = (spec.laterFlags ?? []).map(flag => `\`--${flag}\``)
  return [
    `\`${path}${args} [--flags]\`: ${t(spec.text)}.`,
    ...spec.args.map(({ name, text }) => wrap(`\`<${name}>\`: ${t(text)}.`, COLUMNS).join('\n')),
    ['```sh', ...examples, '```'].join('\n'),
    ...(own.length > 0 ? [table(own)] : []),
    ...(shared.length > 0 ? [shared.join('\n')] : []),
    ...(later.length > 0 ? [`In a later version: ${later.join(' ')}.`] : []),
  ].join('\n\n')
}

/** @returns {Map<string, string>} What stands between the marks, by their name. */
function blocks() {
  /** @type {Map<string, string>} */
  const found = new Map()
  /** @type {Map<HelpGroup, Map<string, FlagSpec>>} */
  const shared = new Map()
  const visit = (/** @type {CommandSpec} */ spec, /** @type {string} */ parent) => {
    if (!spec.load) return
    const path = `${parent} ${spec.name}`
    found.set(path, commandBlock(spec, path))
    for (const flag of flagsOf(spec)) {
      /** @type {Map<string, FlagSpec>} */
      const group = shared.get(flag.group) ?? new Map()
      shared.set(flag.group, group)
      if (!group.has(flag.flag)) group.set(flag.flag, flag)
    }
    for (const each of spec.subcommands ?? []) visit(each, path)
  }
  for (const spec of COMMANDS) visit(spec, 'interleave')
  for (const group of HELP_GROUPS) {
    if (SHARED[group]) found.set(group, table([...(shared.get(group)?.values() ?? [])]))
  }
  const later = COMMANDS.filter(({ load }) => !load)
  found.set('later', later.map(({ name, text }) => `- \`${name}\`: ${t(text)}`).join('\n'))
  return found
}

let text = readDocument(FILE)
for (const [name, block] of blocks()) {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${FILE} has no "${begin}" followed by "${end}"`)
  text = `${text.slice(0, from + begin.length)}\n\n${block}\n\n${text.slice(to)}`
}
writeOrCheck(FILE, text, 'scripts/generate-cli-docs.mjs')
