import { describe, expect, it } from 'vitest'

import { COMMANDS } from '../../../../headless/cli/commands.ts'
import type { CommandSpec } from '../../../../headless/cli/command-spec.ts'
import { fieldFlags } from '../../../../headless/cli/field-flags.ts'
import { COMMON_FLAGS } from '../../../../headless/cli/run-flags.ts'
import { en } from '../../../../shared/locales/en.ts'
import { zhCN } from '../../../../shared/locales/zh-CN.ts'
import { cpuFields } from '../../../../shared/model/fields/cpu.ts'
import { crawlFields } from '../../../../shared/model/fields/crawl.ts'
import { parallelismFields } from '../../../../shared/model/fields/parallelism.ts'

const all = (specs: readonly CommandSpec[]): CommandSpec[] =>
  specs.flatMap(spec => [spec, ...all(spec.subcommands ?? [])])

const specOf = (name: string) => COMMANDS.find(spec => spec.name === name)!

describe('the flags of a command', () => {
  it.each([
    ['crawl', { ...crawlFields, ...parallelismFields }],
    ['cpu', { ...cpuFields, ...parallelismFields }],
  ])('of %s hold every field, with a text in both languages', (name, fields) => {
    const flags = specOf(name).flags
    for (const [key, field] of Object.entries(fields)) {
      const flag = flags.find(each => each.flag === field.flag)
      expect(flag?.text).toBe(`field.${key}`)
      expect([en[flag!.text], zhCN[flag!.text]]).toEqual([expect.any(String), expect.any(String)])
    }
  })

  it('show defaults as a user would write them', () => {
    const written = fieldFlags({ ...crawlFields, ...cpuFields }).flatMap(({ flag, defaultText }) =>
      defaultText === undefined ? [] : [[flag, defaultText]],
    )
    expect(Object.fromEntries(written)).toEqual({
      method: 'GET',
      'ok-status': '200-399',
      timeout: '1m',
      retries: '2',
      'max-body': '32MiB',
      delay: '0ms',
      kernel: 'primes',
      tasks: '200',
      'io-ratio': '0',
    })
  })

  it('name the default model of their kind of job', () => {
    const modelOf = (name: string) => specOf(name).flags.find(({ flag }) => flag === 'model')?.defaultText
    expect([modelOf('crawl'), modelOf('cpu'), modelOf('run'), modelOf('resume')]).toEqual([
      'loop',
      'processes',
      undefined,
      undefined,
    ])
  })

  it('are given once each, and long and short names do not clash', () => {
    for (const spec of all(COMMANDS)) {
      const names = [...spec.flags, ...COMMON_FLAGS].flatMap(({ flag, short }) => [
        flag,
        ...(short === undefined ? [] : [short]),
      ])
      expect(new Set(names).size, spec.name).toBe(names.length)
    }
  })

  it('exist as the contract lists them', () => {
    const crawl =
      'out force append per-host rate delay retries timeout max-body header user-agent method extract ok-status private-network insecure unique robots model processes threads in-flight partition order json events progress quiet allow-failures assert patience save resume data-dir spool column field'
    const cpu = 'kernel tasks size io-ratio model save json events'
    const names = (name: string) => [...specOf(name).flags, ...COMMON_FLAGS].map(({ flag }) => flag)
    expect(names('crawl')).toEqual(expect.arrayContaining(crawl.split(' ')))
    expect(names('cpu')).toEqual(expect.arrayContaining(cpu.split(' ')))
  })
})
