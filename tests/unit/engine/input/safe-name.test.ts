import { describe, expect, it } from 'vitest'
import { safeName } from '../../../../engine/input/safe-name.ts'

describe('safeName', () => {
  it.each([
    ['data.csv', 'data.csv'],
    ['日本 語.csv', '日本 語.csv'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\data.txt', 'data.txt'],
    ['/', 'file'],
    ['..', 'file'],
    ['.part-data.csv', 'part-data.csv'],
    ['a\u0000b\n\u202ec.txt', 'abc.txt'],
    ['what? "this" <is>|*.csv', 'what this is.csv'],
    ['half \ud800.csv', 'half \ufffd.csv'],
    ['trailing. . ', 'trailing'],
    ['NUL', '_NUL'],
    ['com1.csv', '_com1.csv'],
    ['', 'file'],
  ])('makes %j %j', (name, safe) => {
    expect(safeName(name)).toBe(safe)
  })

  it('cuts a long name in front of its extension, and no character in half', () => {
    expect(safeName(`${'a'.repeat(250)}.csv.gz`)).toBe(`${'a'.repeat(193)}.csv.gz`)
    const long = safeName(`${'语'.repeat(80)}.jsonl`)
    expect([Buffer.byteLength(long), long.endsWith('语.jsonl')]).toEqual([198, true])
    expect(Buffer.byteLength(safeName(`a.${'b'.repeat(250)}`))).toBe(200)
  })
})
