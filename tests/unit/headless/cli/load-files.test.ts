import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import type { FlagValues } from '../../../../headless/cli/flag-spec.ts'
import { loadRunOptions } from '../../../../headless/cli/load-files.ts'
import { loadJobOf } from '../../../../headless/cli/load-job.ts'
import { readRunOptions, type Beginning } from '../../../../headless/cli/run-options.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  write('data.txt')
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string) => writeFileSync(join(folder, name), 'x\n')

function options(values: FlagValues, beginning: Beginning = 'new', input = 'data.txt') {
  const { job } = loadJobOf([input], values, folder)
  return loadRunOptions(job, readRunOptions(values, folder, beginning), folder, beginning)
}

function refusal(values: FlagValues, beginning?: Beginning): string {
  try {
    options(values, beginning)
  } catch (error) {
    if (error instanceof CommandError) return error.say(translator(en)).replaceAll(folder, '.')
    throw error
  }
  return 'accepted'
}

describe('the file for rejected records', () => {
  it('is named after the input and never one that is there', () => {
    const named = () => options({}).rejects
    expect(named()).toBe(join(folder, 'data.txt.rejects.jsonl'))
    write('data.txt.rejects.jsonl')
    expect(named()).toBe(join(folder, 'data.txt.rejects.2.jsonl'))
    write('data.txt.rejects.2.jsonl')
    expect(named()).toBe(join(folder, 'data.txt.rejects.3.jsonl'))
    expect(options({}, 'new', '-').rejects).toBe(join(folder, 'stdin.rejects.jsonl'))
  })

  it('leaves names that lead nowhere to whoever opens them', () => {
    symlinkSync('circle', join(folder, 'circle'))
    const tooLong = 'n'.repeat(300)
    for (const input of ['circle', tooLong])
      expect(options({}, 'new', input).rejects).toBe(join(folder, `${input}.rejects.jsonl`))
    expect(refusal({ rejects: tooLong })).toBe('accepted')
  })

  it('is the one that is asked for, which may be there when that is said', () => {
    write('r.jsonl')
    expect(refusal({ rejects: 'r.jsonl' })).toBe(
      '--rejects r.jsonl exists; replace it with --force or add to it with --append.',
    )
    expect(options({ rejects: 'r.jsonl', append: true })).toMatchObject({
      rejects: join(folder, 'r.jsonl'),
      outMode: 'append',
    })
    expect(refusal({ rejects: 'r.jsonl' }, 'resumed')).toBe('accepted')
  })

  it('is none in a dry run', () => {
    expect(options({ 'dry-run': true, rejects: 'r.jsonl' }).rejects).toBeNull()
  })

  it.each([
    ['--rejects: "-" is not the name of a file.', { rejects: '-' }],
    ['--rejects no/r.jsonl: the folder ./no does not exist.', { rejects: 'no/r.jsonl' }],
    [
      '--rejects ./data.txt is an input of the load; choose another file.',
      { rejects: 'data.txt', force: true },
    ],
    [
      '--rejects ./c.jsonl is the destination of the load; choose another file.',
      { rejects: 'c.jsonl', to: 'jsonl:c.jsonl' },
    ],
  ])('is refused: %s', (sentence, values) => {
    expect(refusal(values)).toBe(sentence)
  })
})

describe('the file of a destination', () => {
  it('may be there for SQLite, and for JSON Lines when that is said', () => {
    write('c.jsonl')
    expect(refusal({ to: 'sqlite:c.jsonl' })).toBe('accepted')
    expect(refusal({ to: 'jsonl:c.jsonl' })).toBe(
      '--to jsonl:./c.jsonl exists; replace it with --force or add to it with --append.',
    )
    for (const values of [{ append: true }, { force: true }, { 'dry-run': true }]) {
      expect(refusal({ to: 'jsonl:c.jsonl', ...values })).toBe('accepted')
    }
    expect(refusal({ to: 'jsonl:c.jsonl' }, 'resumed')).toBe('accepted')
  })

  it('is never an input, whatever its name', () => {
    linkSync(join(folder, 'data.txt'), join(folder, 'hard.db'))
    symlinkSync(join(folder, 'data.txt'), join(folder, 'soft.db'))
    for (const name of ['data.txt', 'hard.db', 'soft.db']) {
      expect(refusal({ to: `sqlite:${name}`, force: true })).toBe(
        `--to sqlite:./${name} is an input of the load; choose another file.`,
      )
    }
  })

  it('needs a folder, and is none itself', () => {
    mkdirSync(join(folder, 'sub.db'))
    expect(refusal({ to: 'sqlite:no/c.db' })).toBe('--to sqlite:./no/c.db: the folder ./no does not exist.')
    expect(refusal({ to: 'sqlite:sub.db' })).toBe('--to sqlite:./sub.db is a folder, not a file.')
  })
})
