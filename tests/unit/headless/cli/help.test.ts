import { describe, expect, it } from 'vitest'

import type { CommandSpec } from '../../../../headless/cli/command-spec.ts'
import { COMMANDS } from '../../../../headless/cli/commands.ts'
import { commandLines, overviewLines } from '../../../../headless/cli/help.ts'
import type { Line } from '../../../../headless/cli/terminal/line.ts'
import { widthOf } from '../../../../headless/cli/terminal/width.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import { zhCN } from '../../../../shared/locales/zh-CN.ts'

const COLUMNS = 80
const LANGUAGES = [
  ['en', translator(en)],
  ['zh-CN', translator(zhCN)],
] as const

const withPaths = (specs: readonly CommandSpec[], parent: string): [path: string, spec: CommandSpec][] =>
  specs
    .filter(({ load }) => load !== undefined)
    .flatMap(spec => {
      const path = `${parent} ${spec.name}`
      return [[path, spec], ...withPaths(spec.subcommands ?? [], path)]
    })

const textsOf = (lines: readonly Line[]): string[] => lines.map(line => line.map(({ text }) => text).join(''))

describe.each(LANGUAGES)('help in %s', (_language, t) => {
  const pages: [string, string[]][] = [
    ['interleave', textsOf(overviewLines(COMMANDS, COLUMNS, t))],
    ...withPaths(COMMANDS, 'interleave').map(([path, spec]): [string, string[]] => [
      path,
      textsOf(commandLines(spec, path, COLUMNS, t)),
    ]),
  ]

  it.each(pages)('of %s fits a terminal of 80 columns', (_path, lines) => {
    expect(lines.filter(line => widthOf(line) > COLUMNS)).toEqual([])
  })

  it.each(pages)('of %s opens no bracket at the end of a line and nests none', (_path, lines) => {
    expect(lines.filter(line => /[（(]$/.test(line))).toEqual([])
    expect(lines.join(' ').match(/[)）] *[（(]/g)).toBeNull()
  })

  it.each(pages)('of %s mixes no half-width punctuation into Chinese', (_path, lines) => {
    expect(lines.filter(line => /[\u4e00-\u9fff] ?[;:(]|[;:)] ?[\u4e00-\u9fff]/.test(line))).toEqual([])
  })
})

describe('help of crawl', () => {
  it('says that the time is that of one attempt', () => {
    const crawl = COMMANDS.find(({ name }) => name === 'crawl')!
    const [english, chinese] = LANGUAGES.map(([, t]) =>
      textsOf(commandLines(crawl, 'crawl', 110, t)).join(' '),
    )
    expect(english!.replace(/\s+/g, ' ')).toContain('most time for one attempt, redirects and body included')
    expect(chinese).toContain('一次尝试的最长时间')
  })
})
