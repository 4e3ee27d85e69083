import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeptRecords } from '../../../../engine/history/kept-records.ts'
import type { RecordsLink } from '../../../../engine/ports.ts'
import type { Records } from '../../../../engine/records/protocol.ts'
import { JobError } from '../../../../shared/model/error.ts'

/** Records workers that answer nothing but an empty list; each that was started, with whether it is closed. */
function fakeLinks() {
  const started: { isClosed: boolean }[] = []
  const list = vi.fn<Records['list']>().mockResolvedValue([])
  const startRecords = (): RecordsLink => {
    const link = { isClosed: false }
    started.push(link)
    const close = async (): Promise<void> => {
      link.isClosed = true
    }
    return { records: { list } as unknown as Records, close }
  }
  return { started, list, kept: new KeptRecords({ startRecords }) }
}

const ask = (kept: KeptRecords) => kept.ask(records => records.list())

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the records worker for questions', () => {
  it('is started with the first, answers all, and is let go when nobody asks any more', async () => {
    const { kept, started } = fakeLinks()
    expect(started).toEqual([])
    await Promise.all([ask(kept), ask(kept)])
    await vi.advanceTimersByTimeAsync(29_000)
    await ask(kept)
    await vi.advanceTimersByTimeAsync(29_000)
    expect(started).toEqual([{ isClosed: false }])
    await vi.advanceTimersByTimeAsync(1_100)
    expect(started).toEqual([{ isClosed: true }])
    await ask(kept)
    expect(started).toHaveLength(2)
  })

  it('is not let go while a question is under way', async () => {
    const { kept, started, list } = fakeLinks()
    const late = Promise.withResolvers<[]>()
    list.mockReturnValueOnce(late.promise)
    const asked = ask(kept)
    await ask(kept)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(started).toEqual([{ isClosed: false }])
    late.resolve([])
    expect(await asked).toEqual([])
  })

  it('is replaced when it broke, once those who asked it are answered', async () => {
    const { kept, started, list } = fakeLinks()
    const late = Promise.withResolvers<[]>()
    list.mockReturnValueOnce(late.promise)
    const asked = ask(kept)
    list.mockRejectedValueOnce(new JobError('E_INTERNAL', 'the records worker ended'))
    await expect(ask(kept)).rejects.toMatchObject({ code: 'E_INTERNAL' })
    await ask(kept)
    expect(started).toEqual([{ isClosed: false }, { isClosed: false }])
    late.resolve([])
    await asked
    expect(started).toEqual([{ isClosed: true }, { isClosed: false }])
  })

  it('stays when it only refuses', async () => {
    const { kept, started, list } = fakeLinks()
    list.mockRejectedValueOnce(new JobError('E_NOT_FOUND', 'no such run'))
    await expect(ask(kept)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    await ask(kept)
    expect(started).toHaveLength(1)
  })

  it('ends with the engine, and is not started after it', async () => {
    const { kept, started } = fakeLinks()
    await ask(kept)
    await kept.close()
    expect(started).toEqual([{ isClosed: true }])
    await expect(ask(kept)).rejects.toMatchObject({ code: 'E_CANCELLED' })
  })
})
