import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import type { FlagValues } from '../../../../headless/cli/flag-spec.ts'
import { readJobFile, saveJobFile } from '../../../../headless/cli/job-file.ts'
import { cpuJobOf, crawlJobOf } from '../../../../headless/cli/job-flags.ts'
import { titleOf } from '../../../../headless/cli/job-title.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import { JobError } from '../../../../shared/model/error.ts'
import { makeFakeHost } from '../../../support/cli/fake-host.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  writeFileSync(join(folder, 'urls.txt'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof CommandError) return error.say(translator(en))
    if (error instanceof JobError) return error.message
    throw error
  }
  return 'accepted'
}

const crawl = (values: FlagValues, inputs = ['http://example.org/']) => crawlJobOf(inputs, values, folder)

describe('a job from a command line', () => {
  it('keeps URLs and names files by their whole path', () => {
    expect(crawl({}, ['http://example.org/', 'urls.txt', '-']).inputs).toEqual([
      'http://example.org/',
      join(folder, 'urls.txt'),
      '-',
    ])
  })

  it('takes a name with the ending of a list for a file, not for a host', () => {
    for (const ending of ['txt', 'csv', 'tsv', 'jsonl', 'ndjson', 'xml', 'xml.gz', 'txt.zst']) {
      expect(refusal(() => crawl({}, [`missing.${ending}`]))).not.toContain('https://')
    }
    for (const url of ['example.org', 'example.org/sitemap.xml', 'www.example.org/urls.txt']) {
      expect(refusal(() => crawl({}, [url]))).toContain(`Did you mean https://${url}?`)
    }
  })

  it('has the default model of its kind', () => {
    expect([crawl({}).parallelism.model, cpuJobOf({}).parallelism.model]).toEqual(['loop', 'processes'])
  })

  it('takes values with their units', () => {
    const { crawl: options } = crawl({
      timeout: '10s',
      'max-body': '64KiB',
      rate: '2.5',
      extract: 'title,links',
      robots: false,
      header: ['A: 1', 'B: 2'],
    })
    expect(options).toMatchObject({
      timeoutMs: 10_000,
      maxBodyBytes: 65_536,
      ratePerSec: 2.5,
      extract: ['title', 'links'],
      robots: false,
      headers: ['A: 1', 'B: 2'],
    })
  })

  it.each<[string, FlagValues]>([
    ['--retries: "-1" is not a whole number from 0 to 20.', { retries: '-1' }],
    ['--retries: "1.5" is not a whole number from 0 to 20.', { retries: '1.5' }],
    ['--retries: "NaN" is not a whole number from 0 to 20.', { retries: 'NaN' }],
    ['--in-flight: "0" is not a whole number from 1 to 65,535.', { 'in-flight': '0' }],
    ['--rate: "1e308" is not a number from 0.001 to 1,000,000.', { rate: '1e308' }],
    ['--timeout: "10" has no unit; write 10s for seconds or 10ms for milliseconds.', { timeout: '10' }],
    ['--timeout: "2h" is not a duration from 1ms to 1h, such as 250ms, 10s or 5m.', { timeout: '2h' }],
    ['--max-body: "big" is not a size from 0B to 1TiB, such as 64KiB or 10MB.', { 'max-body': 'big' }],
    ['--method: "POST" is not one of GET, HEAD.', { method: 'POST' }],
    [
      '--extract: "title,body" is not some of title, links, meta, hash, separated by commas.',
      { extract: 'title,body' },
    ],
    ['--model: "fibers" is not one of sequential, loop, threads, processes, hybrid.', { model: 'fibers' }],
    ['--model auto is not in this version.', { model: 'auto' }],
    ['--header: "…" is not written as Name: value.', { header: ['secret-token'] }],
  ])('refuses: %s', (sentence, values) => {
    expect(refusal(() => crawl(values))).toBe(sentence)
  })

  it.each<[string, FlagValues]>([
    ['--threads 4 contradicts --model loop', { model: 'loop', threads: '4' }],
    ['--in-flight 8 contradicts --model sequential', { model: 'sequential', 'in-flight': '8' }],
    ['--processes 2 contradicts --model threads', { model: 'threads', processes: '2' }],
    ['--ok-status: "abc" is not a status', { 'ok-status': 'abc' }],
  ])('refuses: %s', (beginning, values) => {
    expect(refusal(() => crawl(values))).toContain(beginning)
  })

  it('asks whether a name without a scheme was meant as a URL', () => {
    expect(refusal(() => crawl({}, ['example.org/a']))).toBe(
      'example.org/a is neither a URL nor a file that exists. Did you mean https://example.org/a?',
    )
    expect(refusal(() => crawl({}, ['missing']))).toContain('Check that the file exists')
  })
})

describe('a job file', () => {
  it('names lists beside it from its own folder, and holds no permission', () => {
    const { host } = makeFakeHost()
    const job = crawl({ header: ['Authorization: secret'], insecure: true }, ['urls.txt'])
    saveJobFile(job, 'job.ilv.json', { quiet: true }, { ...host, cwd: folder })
    expect(readJobFile('job.ilv.json', folder)).toEqual(crawl({}, ['urls.txt']))
  })

  it('is not written over another without --force, nor under another ending', () => {
    const { host } = makeFakeHost()
    const save = (file: string, values: FlagValues) =>
      refusal(() => saveJobFile(cpuJobOf({}), file, { quiet: true, ...values }, { ...host, cwd: folder }))
    expect([
      save('b.ilv.json', {}),
      save('b.ilv.json', {}),
      save('b.ilv.json', { force: true }),
      save('b.json', {}),
    ]).toEqual([
      'accepted',
      '--save b.ilv.json exists; replace it with --force.',
      'accepted',
      '--save b.json: the name must end in .ilv.json.',
    ])
  })

  it('is refused with what is wrong in it', () => {
    writeFileSync(
      join(folder, 'bad.ilv.json'),
      '{"schema":"interleave/job@1","kind":"cpu","cpu":{"tasks":-1}}',
    )
    expect(refusal(() => readJobFile('bad.ilv.json', folder))).toContain('$.cpu.tasks')
    expect(refusal(() => readJobFile('none.ilv.json', folder))).toBe(
      'none.ilv.json cannot be read: no such file or directory.',
    )
    expect(refusal(() => readJobFile('.', folder))).toBe('. is not a regular file.')
  })
})

describe('titleOf', () => {
  it('says in a few words what a job works on', () => {
    expect([
      titleOf(cpuJobOf({})),
      titleOf(crawl({}, ['urls.txt'])),
      titleOf(crawl({}, ['-', 'urls.txt'])),
    ]).toEqual(['primes × 200', 'urls.txt', 'stdin + 1'])
  })
})
