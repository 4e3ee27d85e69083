import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capOf, plainGateOf } from '../../../../../engine/executor/crawl/host-cap.ts'
import { TargetReader } from '../../../../../engine/executor/crawl/target.ts'

describe('capOf', () => {
  it('is two for public hosts and none for private ones unless the job says otherwise', () => {
    const hosts = [
      'example.com:443',
      '8.8.8.8:80',
      '[2606:4700::1]:443',
      '127.0.0.1:80',
      '[::1]:80',
      'localhost:1',
      '10.0.0.1:80',
    ]
    expect(hosts.map(host => capOf(host, { perHost: null }))).toEqual([
      2,
      2,
      2,
      Infinity,
      Infinity,
      Infinity,
      Infinity,
    ])
    expect(hosts.map(host => capOf(host, { perHost: 5 }))).toEqual(Array(7).fill(5))
  })
})

describe('plainGateOf', () => {
  it('says what the parser says, or nothing', () => {
    const parts = fc.constantFrom(
      'http://',
      'https://',
      'a',
      'b.c',
      'Z',
      '1',
      '0x7',
      '.',
      '-',
      ':80',
      ':0',
      ':443',
      ':99999',
      '/',
      '?',
      '#',
      '@',
      'xn--',
      '[::1]',
      '%41',
    )
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 6 }),
        fc.constantFrom('http://', 'https://'),
        (rest, scheme) => {
          const input = scheme + rest.join('')
          const gate = plainGateOf(input)
          const target = new TargetReader(8_192).read(input)
          if (gate !== null && 'origin' in target) expect(gate).toBe(target.gate)
        },
      ),
      { numRuns: 5_000 },
    )
    expect(plainGateOf('https://www.example.com/x')).toBe('www.example.com:443')
    expect(plainGateOf('http://127.0.0.1:8080/x')).toBeNull()
  })
})
