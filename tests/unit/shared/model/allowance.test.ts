import { describe, expect, it } from 'vitest'

import { parseAllowance } from '../../../../shared/model/allowance.ts'

describe('parseAllowance', () => {
  it.each([
    ['0', { unit: 'tasks', value: 0 }],
    ['25', { unit: 'tasks', value: 25 }],
    ['4000000000', { unit: 'tasks', value: 4_000_000_000 }],
    ['1%', { unit: 'percent', value: 1 }],
    ['2.5%', { unit: 'percent', value: 2.5 }],
    ['100%', { unit: 'percent', value: 100 }],
  ])('reads %s', (text, allowance) => {
    expect(parseAllowance(text)).toEqual(allowance)
  })

  it.each(['', '-1', '1.5', '101%', '4000000001', '5 %', '1e3', 'all'])('refuses "%s"', text => {
    expect(() => parseAllowance(text, '--max-rejects')).toThrow(/^--max-rejects: expected a number of tasks/)
  })
})
