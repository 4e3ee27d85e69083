import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { packBatch } from '../../../../engine/source/batch.ts'
import { isWholeSpool, replaySpool, spoolFile, SpoolWriter } from '../../../../engine/source/spool.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

const batchOf = (...values: string[]): Uint8Array =>
  packBatch(values.map((value, at) => ({ value, line: at + 1, refusal: null })))

async function replay(file: string): Promise<{ values: string[]; isComplete: boolean }> {
  const values: string[] = []
  const isComplete = await replaySpool(file, { add: value => (values.push(value), null) })
  return { values, isComplete }
}

describe('replaySpool', () => {
  it('gives back the records of every batch and says that the input ended', async () => {
    const spool = new SpoolWriter(`${folder.path}/new/folder`, 3)
    spool.write(batchOf('http://a/', 'http://b/'))
    spool.write(batchOf('http://c/'))
    spool.end()
    spool.close()
    expect(await isWholeSpool(spoolFile(`${folder.path}/new/folder`, 3))).toBe(true)
    expect(await replay(spoolFile(`${folder.path}/new/folder`, 3))).toEqual({
      values: ['http://a/', 'http://b/', 'http://c/'],
      isComplete: true,
    })
  })

  it('leaves out a batch that a crash cut off, wherever that was', async () => {
    const first = batchOf('http://a/')
    const spool = new SpoolWriter(folder.path, 0)
    spool.write(first)
    spool.write(batchOf('http://b/'))
    spool.close()
    const whole = readFileSync(spoolFile(folder.path, 0))
    for (let cut = 4 + first.length; cut < whole.length; cut += 1) {
      const file = folder.path + '/cut'
      writeFileSync(file, whole.subarray(0, cut))
      expect(await replay(file)).toEqual({ values: ['http://a/'], isComplete: false })
      expect(await isWholeSpool(file)).toBe(false)
    }
  })
})
