import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  formatTarget,
  parseTarget,
  withoutPassword,
  type LoadTarget,
} from '../../../../shared/model/load-target.ts'

const redis = (given: object): LoadTarget => ({
  kind: 'redis',
  socket: { host: '127.0.0.1', port: 6_379 },
  db: 0,
  username: null,
  ...given,
})

describe('parseTarget', () => {
  it.each<readonly [string, LoadTarget]>([
    ['redis://127.0.0.1', redis({})],
    ['REDIS://127.0.0.1:6379/', redis({})],
    ['redis://cache.example:7000/15', redis({ socket: { host: 'cache.example', port: 7_000 }, db: 15 })],
    ['redis://[::1]:7000', redis({ socket: { host: '::1', port: 7_000 } })],
    ['redis://loader@127.0.0.1', redis({ username: 'loader' })],
    ['redis+unix:///run/redis.sock', redis({ socket: { path: '/run/redis.sock' } })],
    ['redis+unix:///run/a%3Fb%20c.sock?db=3', redis({ socket: { path: '/run/a?b c.sock' }, db: 3 })],
    ['sqlite:data.db', { kind: 'sqlite', path: 'data.db', table: 'records' }],
    ['sqlite:/tmp/100%25 #1.db', { kind: 'sqlite', path: '/tmp/100% #1.db', table: 'records' }],
    ['sqlite:///tmp/data.db', { kind: 'sqlite', path: '/tmp/data.db', table: 'records' }],
    ['sqlite:C:\\data\\a.db', { kind: 'sqlite', path: 'C:\\data\\a.db', table: 'records' }],
    ['sqlite:a.db?table=my%20%22table%22', { kind: 'sqlite', path: 'a.db', table: 'my "table"' }],
    ['jsonl:out/copy.jsonl', { kind: 'jsonl', path: 'out/copy.jsonl' }],
    ['null:', { kind: 'null' }],
  ])('reads %s', (to, target) => {
    expect(parseTarget(to)).toEqual({ target, password: null })
  })

  it.each([
    ['redis://:p%40ss%2F%3F@h', 'p@ss/?', null],
    ['redis://loader:a:b@h', 'a:b', 'loader'],
    ['redis://lo%3Aader:p@ss@h', 'p@ss', 'lo:ader'],
    ['redis+unix://loader:secret@/run/redis.sock', 'secret', 'loader'],
    ['redis://loader:@h', null, 'loader'],
  ])('takes user and password from %s', (to, password, username) => {
    const parsed = parseTarget(to)
    expect(parsed.password).toBe(password)
    expect(parsed.target).toMatchObject({ username })
  })

  it.each([
    ['redis:127.0.0.1', /two slashes .* for example redis:\/\/127\.0\.0\.1:6379\/0/],
    ['redis://', /host is missing/],
    ['redis://:secret@', /host is missing/],
    ['redis://a b', /host has a character/],
    ['redis://h:0', /port must be a number from 1 to 65535/],
    ['redis://h:65536', /port must be/],
    ['redis://::1', /IPv6 needs brackets: \[::1\]/],
    ['redis://:6379', /host is missing/],
    ['redis://fe80::1', /IPv6 needs brackets/],
    ['redis://h/first', /database must be a number from 0, not "first"/],
    ['redis://h/-1', /database must be/],
    ['redis://h/4294967296', /database must be/],
    ['redis://h?db=1', /nothing is known that could follow a "\?"/],
    ['redis://%ff@h', /the user has a "%" that begins no percent-encoding/],
    ['redis+unix:/run/redis.sock', /absolute, behind two slashes/],
    ['redis+unix://run/redis.sock', /begins with a third slash/],
    ['redis+unix:///run/redis.sock?db=x', /database must be/],
    ['redis+unix:///run/redis.sock?db=1&db=2', /"db" is given twice/],
    ['rediss://h', /not in this version; use redis:\/\/ through a tunnel/],
    ['sqlite:', /file name is missing; for example sqlite:data\.db/],
    ['sqlite::memory:', /a file is needed/],
    ['sqlite://data.db', /write "sqlite:data\.db"/],
    ['sqlite:a%00.db', /NUL/],
    ['sqlite:a.db?table=', /name of the table is empty/],
    ['sqlite:a.db?mode=ro', /only "table" can follow/],
    ['sqlite:100%.db', /the sign itself is %25/],
    ['jsonl:', /file name is missing/],
    ['jsonl:a?b', /one that belongs to a name is written %3F/],
    ['null:device', /nothing may follow/],
    ['data.db', /"data\.db" does not say what it is; known are redis:.*, sqlite:.*, jsonl:.*, null:/],
    ['C:\\data.db', /does not say what it is/],
    ['', /does not say what it is/],
    ['mysql://h/db', /"mysql:" is not known/],
    ['redis://h\ud800', /half a surrogate/],
  ])('refuses %j and says what is wrong', (to, message) => {
    expect(() => parseTarget(to)).toThrow(
      expect.objectContaining({ code: 'E_CONFIG', message: expect.stringMatching(message) }),
    )
  })

  it('repeats no password when it refuses', () => {
    const secret = 'hunter2'
    const wrongs = [
      `redis://:${secret}/x@h`,
      `redis://:${secret}?x@h`,
      `redis://u:${secret}/x@h:1/2`,
      `redis://u:${secret}@h:x`,
      `redis://u:${secret}@h/x`,
      `redis://u:${secret}%zz@h`,
      `redis+unix://u:${secret}@h/x`,
      `rediss://u:${secret}@h`,
      `mysql://u:${secret}@h`,
      `u:${secret}@h`,
    ]
    for (const to of wrongs) {
      expect(() => parseTarget(to)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret) }),
      )
      expect(withoutPassword(to.replace(/^u:/, 'redis://u:'))).not.toContain(secret)
    }
  })
})

describe('formatTarget', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !text.includes('\0'))
  const username = fc.option(name, { nil: null })
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6())
  const tcp = fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) })
  const unix = fc.record({ path: name.map(text => `/${text}`) })
  const target: fc.Arbitrary<LoadTarget> = fc.oneof(
    fc.record({
      kind: fc.constant('redis' as const),
      socket: fc.oneof(tcp, unix),
      db: fc.nat(),
      username,
    }),
    fc.record({
      kind: fc.constant('sqlite' as const),
      path: name.filter(text => text !== ':memory:'),
      table: name,
    }),
    fc.record({ kind: fc.constant('jsonl' as const), path: name }),
    fc.constant({ kind: 'null' as const }),
  )

  it('writes what parseTarget reads back, whatever the names are', () => {
    fc.assert(
      fc.property(target, given => {
        expect(parseTarget(formatTarget(given))).toEqual({ target: given, password: null })
      }),
    )
  })

  it('writes the same for every way to say the same', () => {
    const same = ['redis://:one@h', 'redis://h', 'redis://h:6379', 'redis://:two@h:6379/0'].map(
      withoutPassword,
    )
    expect(new Set(same)).toEqual(new Set(['redis://h:6379/0']))
  })
})

describe('withoutPassword', () => {
  it('leaves nothing of a password, in a destination or in what is none', () => {
    // A letter that names and numbers do not have.
    const secret = fc.string({ minLength: 1 }).map(text => `§${text}§`)
    fc.assert(
      fc.property(secret, password => {
        expect(withoutPassword(`redis://u:${encodeURIComponent(password)}@h/1`)).toBe('redis://u@h:6379/1')
        expect(withoutPassword(`redis://u:${password}@h/1`)).not.toContain('§')
        expect(withoutPassword(`redis+unix://:${password}@/a.sock`)).not.toContain('§')
      }),
      { examples: [['§@/ §']] },
    )
  })
})
