import { describe, expect, it, vi } from 'vitest'
import type { SentBatch } from '../../../../engine/destination/destination.ts'
import { nullDestination } from '../../../../engine/destination/null.ts'
import { makeRecord } from '../../../support/engine/load-records.ts'
import { makeDestinationRequest, makeWriterContext } from '../../../support/engine/writer-context.ts'

const makeBatch = (given: Partial<SentBatch> = {}): SentBatch => ({
  first: 0,
  step: 1,
  from: 0,
  next: 1,
  tasks: Float64Array.of(0),
  records: 1,
  written: vi.fn<SentBatch['written']>(),
  settle: vi.fn<SentBatch['settle']>(),
  cancel: vi.fn<SentBatch['cancel']>(),
  ...given,
})

const open = (batch: number | null = null, onRoom: () => void = () => undefined) =>
  nullDestination.openWriter(makeDestinationRequest({ batch }), makeWriterContext({ onRoom }))

describe('the null destination', () => {
  it('settles every batch with the next turn of the loop, and says that there is room', async () => {
    const onRoom = vi.fn()
    const writer = await open(null, onRoom)
    const batches = [makeBatch(), makeBatch()]
    for (const batch of batches) {
      expect(writer.add(makeRecord('four'))).toBeNull()
      expect(writer.openBytes).toBe(4)
      writer.send(batch)
      expect([writer.openBytes, vi.mocked(batch.settle).mock.calls]).toEqual([0, []])
    }
    await new Promise(setImmediate)
    expect(batches.map(({ settle }) => vi.mocked(settle).mock.calls)).toEqual([[[[]]], [[[]]]])
    expect(onRoom).toHaveBeenCalled()
    await writer.close()
  })

  it('cancels what is under way when it is told to give up', async () => {
    const writer = await open()
    const batch = makeBatch()
    writer.send(batch)
    writer.abort()
    await new Promise(setImmediate)
    expect([vi.mocked(batch.cancel).mock.calls.length, vi.mocked(batch.settle).mock.calls.length]).toEqual([
      1, 0,
    ])
    await writer.close()
  })

  it('has batches of the size that the job asks for', async () => {
    const writer = await open(17)
    expect(writer.most.records).toBe(17)
    await writer.close()
  })

  it('cannot be compared with', async () => {
    const verifying = nullDestination.openWriter(makeDestinationRequest({}, 'verify'), makeWriterContext())
    await expect(verifying).rejects.toMatchObject({ code: 'E_CONFIG' })
  })
})
