import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  checkHello,
  checkMessage,
  helloMessage,
  PROTOCOL_VERSION,
} from '../../../../shared/contract/message.ts'

const failure = { code: 'E_LIMIT', message: 'too much', retryable: false }

describe('checkHello', () => {
  it('accepts the own version, also with elements that a later minor change may add', () => {
    expect(() => checkHello([...helloMessage, { more: 1 }], 'host')).not.toThrow()
  })

  it.each([
    [
      [0, 'interleave', PROTOCOL_VERSION + 1],
      'host',
      'the host speaks version 2 of the protocol, this side version 1; update the client',
    ],
    [
      [0, 'interleave', 0],
      'host',
      'the host speaks version 0 of the protocol, this side version 1; update the host',
    ],
    [
      [0, 'interleave', 2],
      'client',
      'the client speaks version 2 of the protocol, this side version 1; update the host',
    ],
    [[0, 'other', 1], 'host', 'the host did not begin as an Interleave host does; check what listens there'],
    [
      [1, 1, 'runs.list', {}],
      'client',
      'the client did not begin as an Interleave client does; check what listens there',
    ],
    [null, 'client', 'the client did not begin as an Interleave client does; check what listens there'],
  ] as const)('refuses %j of a %s', (value, side, message) => {
    expect(() => checkHello(value, side)).toThrow(expect.objectContaining({ code: 'E_VERSION', message }))
  })
})

describe('checkMessage', () => {
  it.each([
    [[1, 7, 'runs.list', {}]],
    [[2, 7, null]],
    [[3, 0, failure]],
    [[3, 7, failure]],
    [[4, 7, 'run.events', {}]],
    [[5, 7, 1]],
    [[6, 7]],
    [[7, 7, null]],
    [[7, 7, failure]],
  ])('accepts %j', value => {
    expect(checkMessage(value)).toEqual(value)
  })

  it.each([
    [null],
    [[]],
    [[0, 'interleave', 1]],
    [[8, 1]],
    [[1, 0, 'runs.list', {}]],
    [[1, -1, 'runs.list', {}]],
    [[1, 1.5, 'runs.list', {}]],
    [[1, '1', 'runs.list', {}]],
    [[1, 1, 2, {}]],
    [[1, 1, 'runs.list']],
    [[1, 1, 'runs.list', {}, 0]],
    [[3, 1, 'text']],
    [[7, 1, {}]],
  ])('refuses %j', value => {
    expect(() => checkMessage(value)).toThrow(expect.objectContaining({ code: 'E_IPC_SCHEMA' }))
  })

  it('makes E_INTERNAL of a code that a later version knows, and keeps its message printable', () => {
    expect(checkMessage([3, 1, { code: 'E_NEW', message: 'a\u001b[2J', retryable: true }])).toEqual([
      3,
      1,
      { code: 'E_INTERNAL', message: 'a\\u001b[2J', retryable: true },
    ])
  })

  it('never throws anything but E_IPC_SCHEMA', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(fc.anything(), { maxLength: 5 })), value => {
        try {
          checkMessage(value)
        } catch (error) {
          expect(error).toMatchObject({ code: 'E_IPC_SCHEMA' })
        }
      }),
    )
  })
})
