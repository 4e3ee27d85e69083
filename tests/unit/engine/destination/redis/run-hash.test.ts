import { describe, expect, it } from 'vitest'
import {
  clientOf,
  connectionField,
  connectionValue,
  failedTaskOf,
  failureField,
  positionField,
  runKey,
  spanOf,
} from '../../../../../engine/destination/redis/run-hash.ts'

describe('the fields of a run', () => {
  it('reads back what it names', () => {
    expect(runKey('01ABC')).toBe('interleave:01ABC')
    expect(spanOf(positionField(12, 3), '45')).toEqual({ first: 12, step: 3, next: 45 })
    expect(failedTaskOf(failureField(9_007_199_254_740_991))).toBe(9_007_199_254_740_991)
    expect(clientOf(connectionField(4), connectionValue(77, '127.0.0.1:5'))).toEqual({
      segment: 4,
      id: 77,
      address: '127.0.0.1:5',
    })
  })

  it.each([
    ['mark', 'x'],
    ['p:1/0', '5'],
    ['p:1', '5'],
    ['p:5/1', '4'],
    ['p:5/1', '-1'],
    ['p:5/1', '1e9'],
    ['p:5/1', ''],
    ['xp:5/1', '9'],
  ])('finds no position in %s → %s', (field, value) => {
    expect(spanOf(field, value)).toBeNull()
  })

  it.each([
    ['c:1', ''],
    ['c:1', '12'],
    ['c:x', '12 a'],
    ['p:1', '12 a'],
    ['c:1', '12 a b'],
  ])('finds no connection in %s → %s', (field, value) => {
    expect(clientOf(field, value)).toBeNull()
  })
})
