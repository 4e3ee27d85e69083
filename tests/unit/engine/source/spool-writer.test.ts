import { existsSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { replaySpool, surveySpool } from '../../../../engine/source/spool.ts'
import { SpoolWriter } from '../../../../engine/source/spool-writer.ts'
import { JobError } from '../../../../shared/model/error.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

/** A writer with somebody who follows it. */
function makeCopy(name: string) {
  const writer = new SpoolWriter(`${folder.path}/${name}/input-0.spool`)
  const values: string[] = []
  const followed = replaySpool(writer, { add: value => (values.push(value), null) })
  return { writer, values, followed }
}

const addAll = async (writer: SpoolWriter, count: number): Promise<void> => {
  for (let at = 0; at < count; at += 1) await writer.add(`http://h/${at}`, at + 1, null)
}

describe('SpoolWriter', () => {
  it('makes a whole copy, and whoever follows it gets every record once', async () => {
    const { writer, values, followed } = makeCopy('new/folder')
    await addAll(writer, 1_000)
    await writer.end()
    await followed
    writer.close()
    expect(values).toEqual(Array.from({ length: 1_000 }, (_, at) => `http://h/${at}`))
    expect(surveySpool(writer.file)).toMatchObject({ records: 1_000, isWhole: true })
  })

  it('takes records without anybody who follows', async () => {
    const writer = new SpoolWriter(`${folder.path}/alone.spool`)
    await addAll(writer, 50_000)
    await writer.end()
    writer.close()
    expect(surveySpool(writer.file)?.records).toBe(50_000)
  })

  it('lets others have the thread while a parser never waits', async () => {
    const writer = new SpoolWriter(`${folder.path}/busy.spool`)
    let turns = 0
    const turn = setInterval(() => (turns += 1), 1)
    while (turns < 3) {
      const full = writer.add('http://a/', 1, null)
      if (full !== null) await full
    }
    clearInterval(turn)
    await writer.end()
    writer.close()
    expect(turns).toBe(3)
  })

  it('hands on what has come while more is awaited', async () => {
    vi.useFakeTimers()
    try {
      const { writer, values, followed } = makeCopy('slow')
      await addAll(writer, 3)
      expect(values).toEqual([])
      await vi.advanceTimersByTimeAsync(20)
      expect(values).toHaveLength(3)
      writer.break(new JobError('E_PARSE', 'enough'))
      await expect(followed).rejects.toMatchObject({ code: 'E_PARSE' })
      writer.close()
    } finally {
      vi.useRealTimers()
    }
  })

  it('hands on the records before what kept the rest from being copied', async () => {
    const { writer, values, followed } = makeCopy('broken')
    await addAll(writer, 130)
    writer.break(new JobError('E_PARSE', 'line 131 is wrong'))
    await expect(followed).rejects.toMatchObject({ code: 'E_PARSE' })
    writer.close()
    expect(values).toHaveLength(130)
    expect(surveySpool(writer.file)).toMatchObject({ records: 130, isWhole: false })
  })

  it('takes nothing more once it was stopped', async () => {
    const writer = new SpoolWriter(`${folder.path}/stopped.spool`)
    writer.stop()
    await expect(addAll(writer, 1)).rejects.toMatchObject({ code: 'E_CANCELLED' })
    writer.close()
  })

  it('says where it cannot write', () => {
    expect(() => new SpoolWriter('/dev/null/input-0.spool')).toThrow(/cannot copy the input to .dev.null/)
  })

  it.runIf(existsSync('/dev/full'))('tells the parser and its follower that the disk is full', async () => {
    const writer = new SpoolWriter('/dev/full')
    const followed = writer.growsBeyond(0)
    const full = { code: 'E_DISK_FULL', message: expect.stringContaining('/dev/full') }
    await expect(Promise.all([followed, addAll(writer, 1_000)])).rejects.toMatchObject(full)
    await expect(followed).rejects.toMatchObject(full)
    await expect(writer.end()).rejects.toMatchObject(full)
    writer.close()
  })
})
