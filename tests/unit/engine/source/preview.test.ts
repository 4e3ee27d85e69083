import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { previewInput } from '../../../../engine/source/preview.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()
const AUTO = { format: 'auto', encoding: 'auto' } as const

describe('previewInput', () => {
  it('shows how an archive would be read, and copies of its first records', async () => {
    const path = folder.write('a.csv.gz', gzipSync('id,name\n1,"a ""b"""\n2\n3,c\n'))
    const { records, ...found } = await previewInput(path, AUTO, 2)
    expect(found).toEqual({
      kind: 'csv',
      evidence: '.csv; gzip; utf-8: all of the 26 bytes looked at are ASCII',
      encoding: 'utf-8',
      format: {
        format: 'csv',
        encoding: 'utf-8',
        delimiter: ',',
        header: ['id', 'name'],
        bodyStart: 8,
        bodyLine: 2,
      },
    })
    expect(
      records.map(({ index, line, text, refusal }) => [index, line, text.toString(), refusal?.code]),
    ).toEqual([
      [0, 2, '1,"a ""b"""', undefined],
      [1, 3, '2', 'E_SCHEMA'],
    ])
    const fields = records[0]?.fields
    const at = fields?.find('name') ?? -1
    expect([fields?.count, fields?.nameOf(0), at, fields?.textOf(at), fields?.isNull(at)]).toEqual([
      2,
      'id',
      1,
      'a "b"',
      false,
    ])
  })

  it('reads no more than the beginning of a large file', async () => {
    const line = `${'x'.repeat(99_999)}\n`
    const { records } = await previewInput(folder.write('large.txt', line.repeat(30)), AUTO, 1_000)
    expect(records).toHaveLength(10)
    expect(records.every(({ textEnd }) => textEnd === 99_999)).toBe(true)
  })

  it('has no records for a file without any', async () => {
    expect((await previewInput(folder.write('empty.csv', 'a,b\n'), AUTO, 5)).records).toEqual([])
  })

  it('refuses what reading would refuse', async () => {
    const path = folder.write('image.txt', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]))
    await expect(previewInput(path, AUTO, 5)).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(previewInput(`${folder.path}/gone`, AUTO, 5)).rejects.toMatchObject({ code: 'E_SRC_IO' })
  })
})
