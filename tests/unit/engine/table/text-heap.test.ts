import { describe, expect, it } from 'vitest'
import { SEARCHED_BYTES, TextHeap } from '../../../../engine/table/text-heap.ts'

class Texts {
  readonly heap = new TextHeap()
  readonly starts: number[] = []

  constructor(rows: readonly (readonly string[])[]) {
    for (const texts of rows) this.add(texts)
  }

  add(texts: readonly string[]): void {
    this.starts.push(this.heap.begin())
    if (texts.length === 0) this.heap.addNothing()
    for (const text of texts) {
      const bytes = Buffer.from(`..${text}..`)
      this.heap.add(bytes, 2, bytes.length - 2)
    }
  }

  find(text: string, first = 0): number[] {
    const starts = Uint32Array.from(this.starts.slice(first))
    const mask = new Uint8Array(starts.length).fill(1)
    this.heap.search(text, starts, mask)
    return [...mask.keys()].filter(at => mask[at] === 1).map(at => first + at)
  }
}

describe('TextHeap', () => {
  it('finds parts of texts, upper and lower case alike', () => {
    const texts = new Texts([
      ['http://A.test/Über'],
      ['http://b.test/', 'No Answer'],
      [],
      ['http://a.test/ÜBER'],
    ])
    expect(texts.find('a.TEST')).toEqual([0, 3])
    expect(texts.find('über')).toEqual([0, 3])
    expect(texts.find('no ans')).toEqual([1])
    expect(texts.find('http')).toEqual([0, 1, 3])
    expect(texts.find('nowhere')).toEqual([])
  })

  it('finds nothing across two texts', () => {
    const texts = new Texts([['abc', 'def'], ['ghi']])
    expect(['cd', 'fg', 'abcdef', '\u00ff'].map(text => texts.find(text))).toEqual([[], [], [], []])
  })

  it('looks at the last rows only', () => {
    const texts = new Texts([['a1'], ['a2'], ['b'], ['a3'], ['a4']])
    expect(texts.find('a', 1)).toEqual([1, 3, 4])
    expect(texts.find('a1', 1)).toEqual([])
  })

  it('grows by pieces, and finds in all of them', () => {
    const long = 'x'.repeat(SEARCHED_BYTES - 4)
    const texts = new Texts([])
    for (let row = 0; row < 2_200; row += 1) texts.add([`${long}${row % 1_000 === 7 ? 'here' : 'ther'}`])
    expect(texts.find('here')).toEqual([7, 1_007, 2_007])
    expect(texts.find('xther')).toHaveLength(2_197)
    expect(texts.find('nothing')).toEqual([])
  })

  it('keeps the beginning of what is longer than it searches', () => {
    const texts = new Texts([
      [`begin${'x'.repeat(SEARCHED_BYTES)}end`],
      [`ß${'É'.repeat(SEARCHED_BYTES)}`],
      ['end'],
    ])
    expect(texts.find('begin')).toEqual([0])
    expect(texts.find('ßé')).toEqual([1])
    expect(texts.find('end')).toEqual([2])
  })
})
