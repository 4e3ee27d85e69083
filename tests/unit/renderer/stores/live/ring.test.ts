import { describe, expect, it } from 'vitest'

import { Ring } from '../../../../../renderer/stores/live/ring.ts'

describe('Ring', () => {
  it('keeps the newest values, oldest first', () => {
    const ring = new Ring<number>(3)
    for (const value of [1, 2, 3, 4, 5]) ring.push(value)

    expect({ all: [...ring], last: ring.last(), length: ring.length }).toEqual({
      all: [3, 4, 5],
      last: 5,
      length: 3,
    })
  })

  it('has nothing beyond its ends', () => {
    const ring = new Ring<number>(2)

    expect([ring.at(0), ring.last()]).toEqual([undefined, undefined])
    ring.push(7)
    expect([ring.at(-1), ring.at(0), ring.at(1)]).toEqual([undefined, 7, undefined])
  })

  it('begins anew when it is cleared', () => {
    const ring = new Ring<number>(2)
    for (const value of [1, 2, 3]) ring.push(value)
    ring.clear()
    ring.push(9)

    expect([...ring]).toEqual([9])
  })
})
