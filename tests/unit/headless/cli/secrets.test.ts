import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import type { FlagValues } from '../../../../headless/cli/flag-spec.ts'
import { cpuJobOf } from '../../../../headless/cli/job-flags.ts'
import { loadJobOf } from '../../../../headless/cli/load-job.ts'
import { readSecrets } from '../../../../headless/cli/secrets.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import { makeFakeHost } from '../../../support/cli/fake-host.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  const files = { own: 'secret\r\nnot this\n', open: 'secret', empty: '\nsecret\n', long: 'x'.repeat(5_000) }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 })
  chmodSync(join(folder, 'open'), 0o644)
})
afterAll(() => rmSync(folder, { recursive: true }))

const REDIS = loadJobOf(['-'], { to: 'redis://localhost' }, '/').job
const SQLITE = loadJobOf(['-'], {}, '/').job

function read(values: FlagValues, { env = {}, fromUri = null as string | null, job = REDIS } = {}) {
  const { host, written } = makeFakeHost()
  const secrets = readSecrets(job, values, { ...host, cwd: folder, env }, fromUri)
  return { password: secrets.redisPassword, said: () => written.err }
}

function refusal(values: FlagValues, options?: Parameters<typeof read>[1]): string {
  try {
    read(values, options)
  } catch (error) {
    if (error instanceof CommandError) return error.say(translator(en))
    throw error
  }
  return 'accepted'
}

describe('the password of a destination', () => {
  const env = { INTERLEAVE_REDIS_PASSWORD: 'of the environment' }

  it('is the first line of the file, else that of the URI, else that of the environment', () => {
    expect(read({ 'password-file': 'own' }, { env }).password).toBe('secret')
    expect(read({}, { env, fromUri: 'of the URI' }).password).toBe('of the URI')
    expect(read({}, { env }).password).toBe('of the environment')
    expect(read({}, { env: { INTERLEAVE_REDIS_PASSWORD: '' } }).password).toBeNull()
    expect(read({}).password).toBeNull()
  })

  it('is not looked for where there is nothing to log in to', () => {
    expect(read({}, { env, job: SQLITE }).password).toBeNull()
    expect(readSecrets(cpuJobOf({}), {}, { ...makeFakeHost().host, env }).redisPassword).toBeNull()
    expect(refusal({ 'password-file': 'own' }, { job: SQLITE })).toBe(
      '--password-file is for redis: destinations only.',
    )
  })

  it('is warned about where others can read it', () => {
    expect(read({ 'password-file': 'own' }).said()).toBe('')
    expect(read({ 'password-file': 'open' }).said()).toContain('`chmod 600 open`')
    expect(read({}, { fromUri: 'secret' }).said()).toContain('process lists show it')
    expect(read({ 'password-file': 'open', quiet: true }).said()).toBe('')
  })

  it.each([
    ['empty', '--password-file empty: the first line is empty, or too long for a password.'],
    ['long', '--password-file long: the first line is empty, or too long for a password.'],
    ['missing', '--password-file missing cannot be read: no such file or directory.'],
    ['.', '--password-file . cannot be read: illegal operation on a directory.'],
  ])('is refused from %s', (file, sentence) => {
    expect(refusal({ 'password-file': file })).toBe(sentence)
  })

  it('is refused when it is given twice', () => {
    expect(refusal({ 'password-file': 'own' }, { fromUri: 'x' })).toContain('The password is given twice')
  })
})
