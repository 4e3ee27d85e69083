import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { findPage, readPages } from '../../../../headless/web/pages.ts'

describe('readPages', () => {
  let root = ''
  let folder = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'interleave-pages-'))
    folder = join(root, 'renderer')
    mkdirSync(join(folder, 'assets'), { recursive: true })
    mkdirSync(join(root, 'renderer-private'))
    writeFileSync(join(folder, 'index.html'), 'index')
    writeFileSync(join(folder, 'a b.txt'), 'spaced')
    writeFileSync(join(folder, '.source-hash'), 'hidden')
    writeFileSync(join(folder, 'assets', 'main-BvX3k2_q.js'), 'main')
    writeFileSync(join(root, 'secret.txt'), 'secret')
    writeFileSync(join(root, 'renderer-private', 'secret.txt'), 'secret')
    symlinkSync(join(root, 'secret.txt'), join(folder, 'assets', 'linked.txt'))
    symlinkSync(root, join(folder, 'assets', 'up'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('knows every file by its path, the index also by the root, and neither links nor hidden files', () => {
    expect([...readPages(folder).keys()].sort()).toEqual([
      '/',
      '/a b.txt',
      '/assets/main-BvX3k2_q.js',
      '/index.html',
    ])
  })

  it('keeps hashed files for ever and the index never', () => {
    const pages = readPages(folder)
    const of = (path: string) => {
      const { type, isImmutable, bytes } = pages.get(path)!
      return { type, isImmutable, text: bytes.toString() }
    }
    expect([of('/'), of('/assets/main-BvX3k2_q.js')]).toEqual([
      { type: 'text/html; charset=utf-8', isImmutable: false, text: 'index' },
      { type: 'text/javascript; charset=utf-8', isImmutable: true, text: 'main' },
    ])
  })

  it('says what to do when the dashboard is not built', () => {
    expect(() => readPages(join(root, 'none'))).toThrow(/not built.*npm run build/)
  })

  it.each([
    '/..%2fsecret.txt',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%252e%252e/secret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '//etc/passwd',
    '///',
    '/etc/passwd',
    '/assets',
    '/assets/',
    '/assets/linked.txt',
    '/assets/up/secret.txt',
    '/assets-private/secret.txt',
    '-private/secret.txt',
    '/index.html%00.js',
    '/index.html\u0000',
    '/%00',
    '/%',
    '/%c0%ae%c0%ae/secret.txt',
    '/./index.html',
    '/INDEX.HTML',
    '/index.html/',
    '/.source-hash',
    '/constructor',
    '/__proto__',
    '',
  ])('finds nothing at %s', path => {
    expect(findPage(readPages(folder), path)).toBe(undefined)
  })

  it('decodes a path once', () => {
    const pages = readPages(folder)
    expect([findPage(pages, '/a%20b.txt')?.bytes.toString(), findPage(pages, '/a%2520b.txt')]).toEqual([
      'spaced',
      undefined,
    ])
  })
})
