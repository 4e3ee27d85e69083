import { describe, expect, it } from 'vitest'
import { csv, tsv } from '../../../../../engine/source/kinds/csv.ts'
import { parseWith, type Parsed } from '../../../../support/source/parse.ts'

const placed = ({ records }: Parsed): [string, number][] =>
  records.map(({ value, line, refusal }) => [refusal?.code ?? value, line])

describe('csv', () => {
  it('gives each row the line on which it begins', async () => {
    const content = '\ufeffurl,note\nhttp://a/,"two\nlines"\r\n\n\nhttp://b/,"x\r\ny\rz"\rhttp://c/,""\n'
    for (const chunkBytes of [1, 2, 3, 1_000])
      expect(placed(await parseWith(csv, content, { chunkBytes }))).toEqual([
        ['http://a/', 2],
        ['http://b/', 6],
        ['http://c/', 9],
      ])
  })

  it('reads quotes inside and around cells', async () => {
    expect((await parseWith(csv, 'id,url\n1,"http://a/?q=""x"",y"\n2,http://b/"q"\n')).urls).toEqual([
      'http://a/?q="x",y',
      'http://b/"q"',
    ])
  })

  it('makes a refused record of a row without URL', async () => {
    const { records } = await parseWith(
      csv,
      Buffer.from('id,url\n1\n2,\n3,http://a/\xe9\n4,http://a/\n', 'latin1'),
    )
    expect(records.map(({ refusal }) => refusal?.message ?? null)).toEqual([
      'line 2 has 1 columns, the URL is in column 2',
      'line 3 has no URL in its column',
      'line 4 is not valid UTF-8, so its URL is unknown',
      null,
    ])
  })

  it.each([
    ['a semicolon', 'id;url\n1;http://a/,b\n'],
    ['a tab', 'id\turl\n1\thttp://a/,b\n'],
    ['what sep= says', 'sep=|\r\nid|url\r\n1|http://a/,b\r\n'],
  ])('splits cells at %s where the first line shows it', async (_name, content) => {
    expect((await parseWith(csv, content)).urls).toEqual(['http://a/,b'])
  })

  it('stops at a quote that is never closed, naming the row, after what came before', async () => {
    const content = `url\nhttp://a/\n"http://b/\n${'http://c/\n'.repeat(200_000)}`
    const { urls, failure } = await parseWith(csv, content)
    expect(urls).toEqual(['http://a/'])
    expect(failure).toEqual({
      code: 'E_PARSE',
      message: 'input: the row that begins on line 3 does not end within 1 MiB; is a quote not closed?',
    })
    expect((await parseWith(csv, content.slice(0, 200))).failure).toEqual(failure)
  })

  it('says which columns there are when none is right', async () => {
    const missing = await parseWith(csv, 'id,site\n1,2\n', { options: { column: 'where' } })
    expect(missing.failure).toEqual({
      code: 'E_CONFIG',
      message: 'there is no column "where"; the columns are "id", "site"',
    })
    expect((await parseWith(csv, 'id,site\n')).failure?.code).toBe('E_CONFIG')
  })
})

describe('tsv', () => {
  it('splits cells at tabs only', async () => {
    expect((await parseWith(tsv, 'url\tx\nhttp://a/,b;c\t1\n')).urls).toEqual(['http://a/,b;c'])
  })
})
