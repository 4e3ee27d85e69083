import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TargetReader } from '../../../../../engine/executor/crawl/target.ts'

const MOST = 8_192
const read = (input: string) => new TargetReader(MOST).read(input)
const codeOf = (input: string): string => {
  const target = read(input)
  return 'origin' in target ? target.href : target.code
}

describe('TargetReader', () => {
  it('normalises as the WHATWG parser does, without the fragment', () => {
    expect(read('HTTP://Example.COM:80/a/../b?x=\u00fc#part')).toEqual({
      href: 'http://example.com/b?x=%C3%BC',
      origin: 'http://example.com',
      gate: 'example.com:80',
      path: '/b?x=%C3%BC',
    })
    expect([
      codeOf('https://b\u00fccher.example'),
      codeOf('http:/\\evil.example/x'),
      codeOf('http://0x7f.1/'),
      codeOf('http://[::1]:8080'),
    ]).toEqual([
      'https://xn--bcher-kva.example/',
      'http://evil.example/x',
      'http://127.0.0.1/',
      'http://[::1]:8080/',
    ])
  })

  it.each([
    ['', 'E_URL_INVALID'],
    ['#fragment', 'E_URL_INVALID'],
    ['example.com', 'E_URL_INVALID'],
    ['example.com:80/x', 'E_URL_INVALID'],
    ['localhost:8080', 'E_URL_INVALID'],
    ['//example.com', 'E_URL_INVALID'],
    ['http://', 'E_URL_INVALID'],
    ['http://a b/', 'E_URL_INVALID'],
    ['http://a/b c', 'E_URL_INVALID'],
    ['http://a/\0', 'E_URL_INVALID'],
    ['http://a/\tb', 'E_URL_INVALID'],
    ['http://a/\r\nHost: evil', 'E_URL_INVALID'],
    ['http://a:0/', 'E_URL_INVALID'],
    ['http://a:99999/', 'E_URL_INVALID'],
    ['http://user@a/', 'E_URL_INVALID'],
    ['http://user:secret@a/', 'E_URL_INVALID'],
    [`http://a/${'x'.repeat(MOST)}`, 'E_URL_INVALID'],
    ['ftp://a/', 'E_SCHEME_BLOCKED'],
    ['file:///etc/passwd', 'E_SCHEME_BLOCKED'],
    ['javascript:alert(1)', 'E_SCHEME_BLOCKED'],
    ['data:,x', 'E_SCHEME_BLOCKED'],
  ])('C43 refuses %j with %s', (input, code) => {
    expect(codeOf(input)).toBe(code)
  })

  it('never shows a password, and says what to do', () => {
    const refused = read('http://user:secret@example.com/')
    expect(refused).toMatchObject({
      message: 'http://***@example.com/ holds a user name or password: put credentials in --header',
    })
    expect(read('example.com')).toMatchObject({
      message: 'example.com has no scheme: write http:// or https:// before it',
    })
    expect(read('http://a:99999/')).toMatchObject({
      message: 'http://a:99999/ is not a URL: its host or port is wrong (ports are 1 to 65535)',
    })
  })

  it('reads a URL of the origin seen last exactly as any other', () => {
    const characters = fc.constantFrom(
      ...'/.%2eE5fz?#&=@:;~!$\'()*+,-_"<>`{}|^[]\\x\u00e9 \t',
      '..',
      '/.',
      '%2e',
      '/../',
    )
    const paths = fc.array(characters, { maxLength: 12 }).map(parts => parts.join(''))
    fc.assert(
      fc.property(paths, fc.constantFrom('/', '?', '#', ':80/', '@b/', '.com/', ''), (path, joint) => {
        const reader = new TargetReader(MOST)
        reader.read('http://a.example:8080/')
        const input = `http://a.example:8080${joint}${path}`
        expect(reader.read(input)).toEqual(read(input))
      }),
      { numRuns: 2_000 },
    )
  })
})
