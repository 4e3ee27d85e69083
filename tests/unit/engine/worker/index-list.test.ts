import { describe, expect, it } from 'vitest'
import { IndexList } from '../../../../engine/worker/index-list.ts'

describe('IndexList', () => {
  it('hands over what was added, in order, and is empty afterwards', () => {
    const list = new IndexList()
    for (let index = 0; index < 10_000; index += 1) list.push(index * 2)
    expect(list.length).toBe(10_000)
    expect(list.take()).toEqual(Uint32Array.from({ length: 10_000 }, (_, at) => at * 2))
    expect([list.length, list.take()]).toEqual([0, new Uint32Array()])
  })

  it('does not touch what it handed over', () => {
    const list = new IndexList()
    list.push(1)
    const taken = list.take()
    list.push(2)
    expect(taken).toEqual(Uint32Array.of(1))
  })

  it('holds the largest index there is', () => {
    const list = new IndexList()
    list.push(2 ** 32 - 1)
    expect(list.take()[0]).toBe(2 ** 32 - 1)
  })

  it('shows what it holds, until it is cleared', () => {
    const list = new IndexList()
    const seen: number[] = []
    for (const index of [3, 1, 2]) list.push(index)
    list.forEach(index => seen.push(index))
    list.clear()
    list.forEach(index => seen.push(index))
    expect([seen, list.length]).toEqual([[3, 1, 2], 0])
  })
})
