import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import type { FlagValues } from '../../../../headless/cli/flag-spec.ts'
import { readRunOptions } from '../../../../headless/cli/run-options.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import { JobError } from '../../../../shared/model/error.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  writeFileSync(join(folder, 'there.csv'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

const read = (values: FlagValues) => readRunOptions(values, folder)

function refusal(values: FlagValues): string {
  try {
    read(values)
  } catch (error) {
    if (error instanceof CommandError) return error.say(translator(en))
    if (error instanceof JobError) return error.message
    throw error
  }
  return 'accepted'
}

describe('readRunOptions', () => {
  it('has defaults', () => {
    expect(read({})).toEqual({
      out: [],
      outMode: 'create',
      allowFailures: { unit: 'tasks', value: 0 },
      asserts: [],
      patienceMs: null,
      rejects: null,
      pass: 'write',
    })
  })

  it('reads what is given', () => {
    const values = {
      out: ['new.jsonl', 'there.csv', '-'],
      append: true,
      'allow-failures': '2.5%',
      assert: ['p95<200ms', ' failed <= 1% '],
      patience: '0',
    }
    expect(read(values)).toEqual({
      out: [join(folder, 'new.jsonl'), join(folder, 'there.csv'), '-'],
      outMode: 'append',
      allowFailures: { unit: 'percent', value: 2.5 },
      asserts: ['p95<200ms', 'failed <= 1%'],
      patienceMs: 0,
      rejects: null,
      pass: 'write',
    })
  })

  it.each<[string, FlagValues]>([
    ['--force and --append cannot be used together.', { force: true, append: true }],
    ['--out there.csv exists; replace it with --force or add to it with --append.', { out: ['there.csv'] }],
    ['--out a.txt: the name must end in .jsonl, .csv or .db, or be -.', { out: ['a.txt'] }],
    ['--out ./a.csv is given twice.', { out: ['a.csv', './a.csv'] }],
    ['--out - may be given once.', { out: ['-', '-'] }],
    [
      '--json and --out - both write to standard output; give results a file with --out FILE.',
      { out: ['-'], json: true },
    ],
    [
      '--events and --out - both write to standard output; give results a file with --out FILE.',
      { out: ['-'], events: true },
    ],
    [
      '--allow-failures: "-1" is not a number of tasks or a percentage such as 5%.',
      { 'allow-failures': '-1' },
    ],
    [
      '--allow-failures: "101%" is not a number of tasks or a percentage such as 5%.',
      { 'allow-failures': '101%' },
    ],
    ['--patience: "60" has no unit; write 60s for seconds or 60ms for milliseconds.', { patience: '60' }],
    ['--patience: "2d" is not a duration from 0ms to 24h, such as 250ms, 10s or 5m.', { patience: '2d' }],
    ['cannot read the assert "fast"; write it like p95<200ms or failed<1%', { assert: ['fast'] }],
  ])('refuses: %s', (sentence, values) => {
    expect(refusal(values)).toBe(sentence)
  })

  it('names the folder that is missing', () => {
    expect(refusal({ out: ['no/a.csv'] })).toBe(
      `--out no/a.csv: the folder ${join(folder, 'no')} does not exist.`,
    )
  })
})
