import { describe, expect, it } from 'vitest'
import { HostNames } from '../../../../engine/table/host-names.ts'

function add(hosts: HostNames, url: string): number {
  const bytes = Buffer.from(`..${url}..`)
  return hosts.add(bytes, 2, bytes.length - 2)
}

describe('HostNames', () => {
  it.each([
    ['http://a.test/x', 'a.test'],
    ['https://A.Test:8443', 'a.test:8443'],
    ['http://user:word@a.test/@b', 'a.test'],
    ['http://a.test?x=/', 'a.test'],
    ['http://a.test#http://b.test/', 'a.test'],
    ['http://[::1]:80/', '[::1]:80'],
    ['http:\\\\a.test\\x', 'a.test'],
    ['http:/a.test/x', 'a.test'],
    ['http://', ''],
    ['no url at all', ''],
    ['', ''],
    ['mailto:someone@a.test', ''],
  ])('reads the host of %s', (url, host) => {
    const hosts = new HostNames()
    expect(hosts.nameOf(add(hosts, url))).toBe(host)
  })

  it('gives each host one number, and finds it again', () => {
    const hosts = new HostNames()
    const numbers = Array.from({ length: 20_000 }, (_, at) =>
      add(hosts, `http://host-${at % 5_000}.test/${at}`),
    )
    expect(new Set(numbers).size).toBe(5_000)
    expect(numbers.slice(5_000, 10_000)).toEqual(numbers.slice(0, 5_000))
    expect(hosts.count).toBe(5_001)
    expect(hosts.numberOf('HOST-4999.test')).toBe(numbers[4_999])
    expect(hosts.nameOf(numbers[123]!)).toBe('host-123.test')
    expect([hosts.numberOf(''), hosts.numberOf('other.test')]).toEqual([0, -1])
  })

  it('does not take a host for another that only begins alike', () => {
    const hosts = new HostNames()
    expect(add(hosts, 'http://a.test')).not.toBe(add(hosts, 'http://a.test.other/'))
  })
})
