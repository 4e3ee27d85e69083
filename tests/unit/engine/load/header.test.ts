import { describe, expect, it } from 'vitest'
import type { EncodingName } from '../../../../shared/model/fields/load.ts'
import { parseHeader } from '../../../../engine/load/header.ts'

const header = (
  row: string | Buffer,
  how: { readonly delimiter?: string; readonly encoding?: EncodingName } = {},
): string[] => {
  const bytes = Buffer.from(row as string)
  return parseHeader({
    bytes,
    start: 0,
    end: bytes.length,
    line: 2,
    encoding: how.encoding ?? 'utf-8',
    delimiter: how.delimiter ?? ',',
  })
}

describe('parseHeader', () => {
  it('takes names as they stand', () => {
    expect(header('id, name ,"a ""b"", c"')).toEqual(['id', ' name ', 'a "b", c'])
    expect(header('id\tname', { delimiter: '\t' })).toEqual(['id', 'name'])
    expect(header('id§name', { delimiter: '§' })).toEqual(['id', 'name'])
  })

  it('drops the byte order mark and the line end', () => {
    expect(header('\ufeff"id",name\r\n')).toEqual(['id', 'name'])
    expect(header('\ufeffid,name\r', { encoding: 'utf-8' })).toEqual(['id', 'name'])
    expect(header(Buffer.from('\ufeffid,名\n', 'utf16le'), { encoding: 'utf-16le' })).toEqual(['id', '名'])
  })

  it('reads every encoding', () => {
    expect(header(Buffer.from('é,名', 'utf16le').swap16(), { encoding: 'utf-16be' })).toEqual(['é', '名'])
    expect(header(Buffer.of(0xc3, 0xfb, 0x2c, 0x61), { encoding: 'gb18030' })).toEqual(['名', 'a'])
  })

  it('names a cell without name by its position', () => {
    expect(header('a,,c,')).toEqual(['a', '2', 'c', '4'])
  })

  it('refuses a name that appears twice, with both positions', () => {
    const problem = 'the header row on line 2 names cell 1 and cell 3 alike: "a"'
    expect(() => header('a,b,a')).toThrow(expect.objectContaining({ code: 'E_SCHEMA', message: problem }))
    expect(() => header('2,')).toThrow('names cell 1 and cell 2 alike: "2"')
  })

  it('refuses what is no row, or not in its encoding', () => {
    expect(() => header('a,"b')).toThrow(expect.objectContaining({ code: 'E_PARSE' }))
    expect(() => header(Buffer.of(0x61, 0xff))).toThrow(
      'the header row on line 2 is not valid UTF-8: byte 2 is 0xff, in "a\\xff"',
    )
  })

  it('takes 4,096 cells and no more', () => {
    const names = Array.from({ length: 4_096 }, (_, at) => `c${at}`)
    expect(header(names.join(','))).toEqual(names)
    expect(() => header([...names, 'x'].join(','))).toThrow(expect.objectContaining({ code: 'E_SCHEMA' }))
  })
})
