import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import { answerFrom, isAppAddress } from '../../../../electron/main/app-scheme.ts'

const folder = mkdtempSync(join(tmpdir(), 'interleave-scheme-'))
writeFileSync(join(folder, 'index.html'), '<!doctype html>')
writeFileSync(join(folder, 'secret.txt'), 'not listed')
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const answer = answerFrom(folder, { '/index.html': { file: 'index.html', type: 'text/html; charset=utf-8' } })
const statusOf = (url: string, method = 'GET') => answer({ url, method }).status

describe('answerFrom', () => {
  it('serves what the build listed, with the policy in a header', async () => {
    const response = answer({ url: 'app://interleave/', method: 'GET' })
    expect(await response.text()).toBe('<!doctype html>')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-src 'none'; " +
        "object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types vue",
    )
  })

  it.each([
    'app://interleave/secret.txt',
    'app://interleave/..%2fsecret.txt',
    'app://interleave/%5c..%5csecret.txt',
    'app://interleave/%2e%2e/secret.txt',
    'app://interleave/%252e%252e/x',
    'app://interleave/%zz',
    'app://interleave/__proto__',
    'app://interleave/constructor',
    'app://other/',
    'file:///etc/hosts',
    'no address',
  ])('has nothing at %s', url => expect(statusOf(url)).toBe(404))

  it('takes nothing', () => {
    expect(statusOf('app://interleave/', 'POST')).toBe(405)
    expect(statusOf('app://interleave/?a=b', 'HEAD')).toBe(200)
  })
})

describe('isAppAddress', () => {
  it('compares the parts of an address', () => {
    expect(isAppAddress('app://interleave/#/runs')).toBe(true)
    for (const url of [
      'app://interleave.evil/',
      'app://evil/interleave',
      'https://interleave/',
      'about:blank',
      '',
    ])
      expect(isAppAddress(url)).toBe(false)
  })
})
