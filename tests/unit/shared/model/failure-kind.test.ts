import { describe, expect, it } from 'vitest'

import { ERROR_CODES } from '../../../../shared/model/error.ts'
import {
  failureKindNumber,
  failureKindOf,
  STATUS_KINDS,
  statusKindOf,
} from '../../../../shared/model/failure-kind.ts'

describe('kinds of failures', () => {
  it('have a number each, which stands for nothing else and leaves room for codes to come', () => {
    const kinds = [...ERROR_CODES.slice(1), ...STATUS_KINDS]
    const numbers = kinds.map(failureKindNumber)
    expect(new Set(numbers).size).toBe(kinds.length)
    expect(numbers.map(failureKindOf)).toEqual(kinds)
    expect(numbers.slice(-3)).toEqual([256, 257, 258])
    expect([0, 255, 999].map(failureKindOf)).toEqual([undefined, undefined, undefined])
  })

  it('tell refusals, too many requests and faults of a server apart', () => {
    const statuses = [200, 304, 400, 429, 499, 500, 599, 600, NaN]
    expect(statuses.map(statusKindOf)).toEqual([
      ...[undefined, undefined, '4xx', '429', '4xx'],
      ...['5xx', '5xx', undefined, undefined],
    ])
  })
})
