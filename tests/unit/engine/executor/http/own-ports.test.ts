import { describe, expect, it } from 'vitest'

import { isOwnServer } from '../../../../../engine/executor/http/own-ports.ts'

const PORTS = new Set([8800])

describe('isOwnServer', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:0.0.0.0',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
  ])('finds the dashboard at %s', address => {
    expect([isOwnServer(address, 8800, PORTS), isOwnServer(address, 8801, PORTS)]).toEqual([true, false])
  })

  it('leaves the same port of other machines alone', () => {
    expect(
      ['10.0.0.1', '192.0.2.7', '2001:db8::1', '::ffff:10.0.0.1', 'nonsense'].filter(address =>
        isOwnServer(address, 8800, PORTS),
      ),
    ).toEqual([])
  })
})
