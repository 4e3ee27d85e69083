import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRobots } from '../../../../../engine/executor/crawl/robots-rules.ts'

const allowed = (text: string, paths: readonly string[], name = 'interleave'): boolean[] => {
  const rules = parseRobots(text, name)
  return paths.map(path => rules.allows(path))
}

describe('parseRobots', () => {
  it('takes the group of its own name, all of them together, else the one for all', () => {
    const text =
      'User-agent: Interleave/2.0\nDisallow: /a\n\nUser-agent: other\nUser-agent: *\nDisallow: /b\n\nuser-agent: INTERLEAVE\nDisallow: /c'
    expect(allowed(text, ['/a', '/b', '/c'])).toEqual([false, true, false])
    expect(allowed(text, ['/a', '/b', '/c'], 'else')).toEqual([true, false, true])
    expect(allowed('Disallow: /\nUser-agent: x\nDisallow: /', ['/'])).toEqual([true])
  })

  it('lets the longest rule win, and allow where two are equally long', () => {
    const text =
      'User-agent: *\nAllow: /p\nDisallow: /\nDisallow: /page\nAllow: /page\nDisallow: /page/secret'
    expect(allowed(text, ['/', '/p', '/page', '/page/secret/x', '/robots.txt'])).toEqual([
      false,
      true,
      true,
      false,
      true,
    ])
  })

  it('counts a wildcard at the end of a rule as part of its length', () => {
    expect(allowed('User-agent: *\nDisallow: /*\nAllow: /', ['/', '/a'])).toEqual([false, false])
    expect(allowed('User-agent: *\nDisallow: /a\nAllow: /a*', ['/a', '/ab'])).toEqual([true, true])
  })

  it('knows wildcards and the end of the path', () => {
    const text =
      'User-agent: *\nDisallow: /*.php$\nDisallow: /a*b*c\nAllow: /a*b*c/open\nDisallow: *?session='
    expect(
      allowed(text, ['/x.php', '/x.php?y', '/aXbYcZ', '/a-b-c/open', '/acb', '/x?session=1', '/x']),
    ).toEqual([false, true, false, true, true, false, true])
    expect(allowed('User-agent: *\nDisallow: /exact$', ['/exact', '/exactly'])).toEqual([false, true])
    expect(allowed('User-agent: *\nDisallow: *', ['/'])).toEqual([false])
    expect(allowed('User-agent: *\nDisallow:', ['/'])).toEqual([true])
  })

  it('compares encoded and plain characters alike', () => {
    const text = 'User-agent: *\nDisallow: /caf\u00e9\nDisallow: /a%3cb'
    expect(allowed(text, ['/caf%C3%A9/x', '/caf%c3%a9', '/a%3Cb', '/a%3cb', '/ok'])).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })

  it('reads every kind of line end, a byte order mark and comments', () => {
    expect(
      allowed('\ufeffUser-agent: *\rDisallow: /a # no\r\n  Disallow :/b\nnonsense\nDisallow: /c', [
        '/a',
        '/b',
        '/c',
      ]),
    ).toEqual([false, false, false])
  })

  it('C36 never goes back in a pattern that is made to go back', () => {
    const text = `User-agent: *\nDisallow: ${'*a'.repeat(2_000)}b\nDisallow: *a*a*a*a*a*a*a*a*b`
    expect(allowed(text, [`/${'a'.repeat(8_000)}`, `/${'a'.repeat(8_000)}b`])).toEqual([true, false])
  })

  it('C36 keeps a host closed whose rules nobody could match in time', () => {
    const wild = Array.from({ length: 20_000 }, (_, at) => `Disallow: *x${at}`).join('\n')
    const plain = Array.from({ length: 30_000 }, (_, at) => `Disallow: /x${at}`).join('\n')
    expect(allowed(`User-agent: *\n${wild}`, ['/a'])).toEqual([false])
    expect(allowed(`User-agent: *\n${plain}`, ['/a', '/x29999/b'])).toEqual([true, false])
  })
})

/** RFC 9309 by way of regular expressions, which may go back: the longest pattern that matches wins, allow before disallow. */
function allowsByTheBook(rules: readonly { pattern: string; isAllowed: boolean }[], path: string): boolean {
  let best = { length: -1, isAllowed: true }
  for (const { pattern, isAllowed } of rules) {
    if (pattern === '') continue
    const source = pattern
      .replace(/\$$/, '\n')
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replace('\n', '$')
    if (!new RegExp(`^${source}`, 's').test(path)) continue
    const isBetter = pattern.length > best.length || (pattern.length === best.length && isAllowed)
    if (isBetter) best = { length: pattern.length, isAllowed }
  }
  return best.isAllowed
}

describe('rules of robots.txt', () => {
  const piece = fc.constantFrom('/', 'a', 'b', 'ab', '*', '.', '?x=', 'a/')
  const pattern = fc
    .tuple(fc.array(piece, { maxLength: 6 }), fc.boolean())
    .map(([pieces, isAnchored]) => `/${pieces.join('')}${isAnchored ? '$' : ''}`)
  const path = fc
    .array(fc.constantFrom('/', 'a', 'b', '.', '?x=', 'c'), { maxLength: 10 })
    .map(all => `/${all.join('')}`)

  it('agree with a matcher that goes back, for any rules and paths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ pattern, isAllowed: fc.boolean() }), { maxLength: 6 }),
        path,
        (rules, each) => {
          const lines = rules.map(rule => `${rule.isAllowed ? 'Allow' : 'Disallow'}: ${rule.pattern}`)
          expect([lines, each, allowed(`User-agent: *\n${lines.join('\n')}`, [each])]).toEqual([
            lines,
            each,
            [allowsByTheBook(rules, each)],
          ])
        },
      ),
      { numRuns: 500 },
    )
  })

  it('are read from any text without an exception', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      pattern.map(each => `Disallow: ${each}`),
      fc.constant('User-agent: *'),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), path, (lines, each) => {
        expect(typeof parseRobots(lines.join('\n'), 'interleave').allows(each)).toBe('boolean')
      }),
    )
  })
})
