import { describe, expect, it } from 'vitest'
import { SpanList } from '../../../../engine/worker/span-list.ts'

describe('SpanList', () => {
  it('joins spans that follow each other on their heels', () => {
    const list = new SpanList()
    for (let index = 5; index < 1_000; index += 1) list.add(index, index + 1)
    list.add(2_000, 2_010)
    expect([...list.take()]).toEqual([5, 1_000, 2_000, 2_010])
    expect([list.isEmpty, [...list.take()]]).toEqual([true, []])
  })

  it('hands over in rising order what settled in another, joined where it touches', () => {
    const list = new SpanList()
    list.add(300, 400)
    list.add(0, 100)
    list.add(500, 600)
    list.add(100, 300)
    expect([...list.take()]).toEqual([0, 400, 500, 600])
    list.add(1, 2)
    list.add(4, 5)
    expect([...list.take()]).toEqual([1, 2, 4, 5])
  })

  it('takes any number of spans', () => {
    const list = new SpanList()
    for (let index = 0; index < 1_000; index += 2) list.add(index, index + 1)
    expect(list.take().length).toBe(1_000)
  })
})
