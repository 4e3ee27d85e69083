import { describe, expect, it } from 'vitest'

import { holdsUrls, readText } from '../../../../../renderer/stores/compose/texts.ts'

describe('a text that is pasted, typed or dropped', () => {
  it('names what its lines name, comments left out', () => {
    const text = '# a list\r\nhttps://example.org/a\r\n\n  /data/b.txt  \n'
    expect(readText(text)).toEqual({ is: 'places', places: ['https://example.org/a', '/data/b.txt'] })
  })

  it('takes a path as file managers copy it', () => {
    const text = '"/data/with space.txt"\nfile:///data/%E4%BD%A0.csv\nfile:///C:/data/a.txt\nfile:///bad%zz'
    expect(readText(text)).toEqual({
      is: 'places',
      places: ['/data/with space.txt', '/data/你.csv', 'C:/data/a.txt', 'file:///bad%zz'],
    })
  })

  it('is a list when it is long', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `https://example.org/${at}`)
    expect(readText(lines.join('\n'))).toEqual({ is: 'list', text: `${lines.join('\n')}\n`, urls: 30 })
  })

  it.each([
    ['https://example.org/', true],
    ['see\n  http://a/b', true],
    ['just words', false],
    ['C:\\data', false],
  ])('is meant as an input where it holds a URL: %j', (text, isMeant) => {
    expect(holdsUrls(text)).toBe(isMeant)
  })
})
