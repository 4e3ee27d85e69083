import { describe, expect, it } from 'vitest'
import {
  isLocalName,
  isPrivateAddress,
  literalAddress,
} from '../../../../../engine/executor/http/address-policy.ts'

describe('isPrivateAddress', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
    '2001::1',
    '2001:db8::1',
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'not an address',
  ])('keeps discovered URLs from %s', address => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2a00::1',
  ])('lets them go to %s', address => {
    expect(isPrivateAddress(address)).toBe(false)
  })
})

describe('names', () => {
  it('are told from literals and local names', () => {
    expect(['127.0.0.1', '[::1]', 'example.com', '1.2.3'].map(literalAddress)).toEqual([
      '127.0.0.1',
      '::1',
      null,
      null,
    ])
    expect(
      ['localhost', 'a.localhost', 'localhost.', 'localhost.com', 'mylocalhost'].map(isLocalName),
    ).toEqual([true, true, true, false, false])
  })
})
