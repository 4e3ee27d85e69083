import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import type { FlagValues } from '../../../../headless/cli/flag-spec.ts'
import { readJobFile, saveJobFile } from '../../../../headless/cli/job-file.ts'
import { loadJobOf } from '../../../../headless/cli/load-job.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import { JobError } from '../../../../shared/model/error.ts'
import { makeFakeHost } from '../../../support/cli/fake-host.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  for (const name of ['data.txt', 'a.csv.gz', '100%?.tsv', '.hidden'])
    writeFileSync(join(folder, name), 'x\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const load = (values: FlagValues = {}, inputs: readonly string[] = ['data.txt']) =>
  loadJobOf(inputs, values, folder)

function refusal(values: FlagValues, inputs?: readonly string[]): string {
  try {
    load(values, inputs)
  } catch (error) {
    if (error instanceof CommandError) return error.say(translator(en))
    if (error instanceof JobError) return error.message
    throw error
  }
  return 'accepted'
}

describe('a load from a command line', () => {
  it('names its files by their whole path, standard input as it is', () => {
    expect(load({}, ['data.txt', '-']).job.inputs).toEqual([join(folder, 'data.txt'), '-'])
  })

  it.each([
    ['data.txt', 'sqlite:data.db'],
    ['a.csv.gz', 'sqlite:a.db'],
    ['100%?.tsv', 'sqlite:100%25%3F.db'],
    ['.hidden', 'sqlite:.hidden.db'],
    ['-', 'sqlite:stdin.db'],
  ])('takes %s into an SQLite file of the current folder', (input, to) => {
    expect(load({}, [input]).job.load.to).toBe(to.replace('sqlite:', `sqlite:${folder}/`))
  })

  it('names the file of a destination by its whole path', () => {
    expect(load({ to: 'sqlite:b.db?table=t' }).job.load.to).toBe(`sqlite:${folder}/b.db?table=t`)
    expect(load({ to: 'jsonl:../c.jsonl' }).job.load.to).toBe(`jsonl:${join(folder, '../c.jsonl')}`)
  })

  it('keeps a password out of the job', () => {
    const { job, password } = load({ to: 'redis://user:p%40ss@localhost/2' })
    expect({ to: job.load.to, password }).toEqual({ to: 'redis://user@localhost:6379/2', password: 'p@ss' })
    expect(JSON.stringify(job)).not.toMatch(/p@ss|p%40ss/)
  })

  it('has defaults, in which automatic is a value', () => {
    expect(load({ batch: 'auto' }).job).toEqual(load().job)
    const { load: options, parallelism } = load().job
    expect(options).toMatchObject({ command: 'set', batch: null, trim: true, maxRejects: '1%', key: null })
    expect(parallelism.model).toBe('loop')
  })

  it('knows other names of encodings', () => {
    const read = (encoding: string) => load({ encoding }).job.load.encoding
    expect(['GBK', 'gb2312', 'UTF8', 'utf-16le'].map(read)).toEqual([
      'gb18030',
      'gb18030',
      'utf-8',
      'utf-16le',
    ])
  })

  it.each<[string, FlagValues, (readonly string[])?]>([
    [
      'https://example.org/a.txt is a URL, and load reads files; fetch it first, or pipe it in: curl -fsS URL | interleave load -',
      {},
      ['https://example.org/a.txt'],
    ],
    [
      'There is no file missing.txt. Check that the file exists, is readable and complete.',
      {},
      ['missing.txt'],
    ],
    ['--batch: "many" is not a whole number from 1 to 100,000, or auto.', { batch: 'many' }],
    ['--batch: "0" is not a whole number from 1 to 100,000.', { batch: '0' }],
    ['--max-rejects: "2 %" is not a number of tasks or a percentage such as 5%.', { 'max-rejects': '2 %' }],
    ['--dry-run and --verify cannot be used together.', { 'dry-run': true, verify: true }],
    [
      '--verify compares with redis: and sqlite: destinations only, not with jsonl:.',
      { to: 'jsonl:c.jsonl', verify: true },
    ],
    [
      '--verify cannot tell what --command rpush has left: lists, streams and counters keep no trace of a single record.',
      { to: 'redis://localhost', command: 'rpush', verify: true },
    ],
  ])('refuses: %s', (sentence, values, inputs) => {
    expect(refusal(values, inputs)).toBe(sentence)
  })

  it.each<[RegExp, FlagValues]>([
    [/\{indx\} is unknown; known are/, { key: '{indx}' }],
    [/zadd needs --score/, { to: 'redis://localhost', command: 'zadd' }],
    [/--score is only for/, { to: 'redis://localhost', score: '{index}' }],
    [/--command hset is for Redis/, { command: 'hset' }],
    [/^--to out\.db does not say what it is\. Did you mean sqlite:out\.db\?$/, { to: 'out.db' }],
    [/Did you mean jsonl:a\/out\.jsonl\?/, { to: 'a/out.jsonl' }],
    [/Did you mean redis:\/\/127\.0\.0\.1:6379\/1\?/, { to: '127.0.0.1:6379/1' }],
    [/"mysql:" is not known/, { to: 'mysql://localhost' }],
    [/destination redis: the database must be a number/, { to: 'redis://localhost/x' }],
  ])('refuses what no load can do before anything starts: %s', (sentence, values) => {
    expect(refusal(values)).toMatch(sentence)
  })
})

describe('a saved load', () => {
  it('names its files from the folder that it is in, and has no password', () => {
    const { host } = makeFakeHost()
    const { job } = load({ to: 'sqlite:b.db' })
    saveJobFile(job, join(folder, 'job.ilv.json'), { force: true }, host)
    const file = join(folder, 'job.ilv.json')
    expect(readJobFile(file, '/')).toEqual(job)
    const secret = { ...job, load: { ...job.load, to: 'redis://:secret@localhost' } }
    saveJobFile(secret, file, { force: true }, host)
    expect(readJobFile(file, '/')).toMatchObject({ load: { to: 'redis://localhost:6379/0' } })
  })

  it('is refused with a password in it', () => {
    const { job } = load({ to: 'redis://localhost' })
    const file = join(folder, 'secret.ilv.json')
    const text = JSON.stringify({ ...job, load: { ...job.load, to: 'redis://:secret@localhost' } })
    writeFileSync(file, text)
    expect(() => readJobFile(file, '/')).toThrow(/^job file holds a password in \$\.load\.to/)
  })
})
