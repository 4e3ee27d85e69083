import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import type { FlagValues } from '../../../../headless/cli/flag-spec.ts'
import { headersFor, headersGiven } from '../../../../headless/cli/headers.ts'
import { crawlJobOf, withHeaders } from '../../../../headless/cli/job-flags.ts'
import { refuseForeignFlags } from '../../../../headless/cli/run-options.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import { makeFakeHost } from '../../../support/cli/fake-host.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  const files = {
    own: '\uFEFFX-Key: k\r\n\r\nCookie: a\nCookie: b\n',
    open: 'X-Key: k',
    bad: 'X-Key: k\nsecret-token',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 })
  chmodSync(join(folder, 'open'), 0o644)
})
afterAll(() => rmSync(folder, { recursive: true }))

const hostWith = (env: Record<string, string> = {}) => {
  const { host, written } = makeFakeHost()
  return { host: { ...host, cwd: folder, env }, written }
}

const job = withHeaders(crawlJobOf(['-'], {}, '/'), ['Accept: a', 'X-Key: …', 'Cookie: …', 'Cookie: …'])

function refusal(values: FlagValues): string {
  try {
    headersGiven(values, hostWith().host)
  } catch (error) {
    if (error instanceof CommandError) return error.say(translator(en))
    throw error
  }
  return 'accepted'
}

describe('headers on a command line', () => {
  it('are those of the flag and those of the file', () => {
    const given = headersGiven({ header: ['Accept: x'], 'header-file': 'own' }, hostWith().host)
    expect(given).toEqual(['Accept: x', 'X-Key: k', 'Cookie: a', 'Cookie: b'])
  })

  it('are looked for in the environment where the job lacks values and nobody gave them', () => {
    const env = { INTERLEAVE_HEADERS: 'cookie: 1\nX-Key: e\nX-Other: no\nno header\ncookie: 2\ncookie: 3' }
    const { host } = hostWith(env)
    expect(headersFor(job, [], host)).toEqual(['X-Key: e', 'cookie: 1', 'cookie: 2'])
    expect(headersFor(job, ['x-key: k', 'Cookie: a'], host)).toEqual(['x-key: k', 'Cookie: a', 'cookie: 1'])
    expect(headersFor(crawlJobOf(['-'], {}, '/'), [], host)).toEqual([])
    expect(headersFor(job, [], hostWith().host)).toEqual([])
  })

  it('are warned about where others can read the file', () => {
    const { host, written } = hostWith()
    headersGiven({ 'header-file': 'open' }, host)
    expect(written.err).toContain('`chmod 600 open`')
  })

  it('are refused without their text', () => {
    expect(refusal({ 'header-file': 'bad' })).toBe('--header-file: "…" is not written as Name: value.')
    expect(refusal({ header: ['secret-token'] })).toBe('--header: "…" is not written as Name: value.')
    expect(refusal({ 'header-file': 'none' })).toBe(
      '--header-file none cannot be read: no such file or directory.',
    )
  })

  it('are for crawls only', () => {
    for (const kind of ['load', 'cpu'] as const)
      expect(() => refuseForeignFlags(kind, { 'header-file': 'own' })).toThrow(CommandError)
    expect(() => refuseForeignFlags('crawl', { 'header-file': 'own', header: ['A: b'] })).not.toThrow()
  })
})
