import { describe, expect, it, vi } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { ChunkPlanner } from '../../../../engine/plan/chunk.ts'
import { DynamicPlanner } from '../../../../engine/plan/dynamic.ts'
import { Supply } from '../../../../engine/plan/supply.ts'
import { Feed } from '../../../../engine/run/feed.ts'
import type { FromReader, ReaderSetup, ToReader } from '../../../../engine/source/reader-protocol.ts'
import type { RangeInput, RecordFormat } from '../../../../engine/worker/protocol.ts'

const range: RangeInput = { path: '/list.txt', sizeBytes: 100, format: 'list', field: null }

function setUp(setup: Partial<ReaderSetup> = {}) {
  const posted: ToReader[] = []
  const parts = { onChange: vi.fn(), onBytesRead: vi.fn(), onNotice: vi.fn(), onFailed: vi.fn() }
  const close = vi.fn()
  let tell: (message: FromReader) => void = () => undefined
  let leave: (problem: string | null) => void = () => undefined
  const supply = new Supply()
  const feed = new Feed({
    reader: {
      post: message => posted.push(message),
      onMessage: listener => (tell = listener),
      onExit: listener => (leave = listener),
      close,
    },
    setup: setup as ReaderSetup,
    supply,
    readers: 2,
    ...parts,
  })
  const credits = (): number =>
    posted.reduce((sum, message) => sum + (message.type === 'credit' ? message.records : 0), 0)
  return {
    feed,
    supply,
    posted,
    credits,
    close,
    tell: (message: FromReader) => tell(message),
    leave,
    ...parts,
  }
}

const batch = (firstIndex: number, count: number, bytes = count): FromReader => ({
  type: 'batch',
  firstIndex,
  count,
  payload: new Uint8Array(bytes),
  positionRatio: 0.5,
})

describe('Feed', () => {
  it('sets the reader up and lets it run ten thousand records ahead', () => {
    const { posted } = setUp()
    expect(posted).toEqual([
      { type: 'setup', setup: {} },
      { type: 'credit', records: 10_000 },
    ])
  })

  it('turns what the reader says into the supply', () => {
    const { tell, supply, onChange, feed } = setUp()
    tell({
      type: 'input',
      input: 0,
      kind: 'list',
      evidence: 'its name',
      fingerprint: null,
      isReplayable: true,
    })
    expect(onChange).not.toHaveBeenCalled()
    tell({ type: 'range', input: 0, range, firstIndex: 0, whole: false })
    tell({ type: 'marks', input: 0, marks: Float64Array.of(0, 0, 1, 50, 5, 6) })
    tell({ type: 'range.end', input: 0, endIndex: 9 })
    tell(batch(9, 4))
    tell({ type: 'end', total: 13, bytesRead: 100 })
    expect(supply.pieces.map(({ first, end }) => [first, end])).toEqual([
      [0, 9],
      [9, 13],
    ])
    expect([supply.total, supply.isEnded, onChange.mock.calls.length]).toEqual([13, true, 5])
    expect([feed.fingerprints, feed.ratioAt(0)]).toEqual([[null], 0.5])
  })

  it('gives credit back as planners pass its records, those that are settled already included', () => {
    const { tell, supply, credits } = setUp()
    const settled = new SettledBitmap()
    for (let index = 0; index < 20_000; index += 1) settled.set(index)
    const planner = new DynamicPlanner(supply, settled)
    for (let first = 0; first < 20_000; first += 100) {
      expect(credits()).toBeGreaterThan(first)
      tell(batch(first, 100))
      expect(planner.next(0, 64)).toBeNull()
    }
    tell(batch(20_000, 100))
    planner.next(0, 64)
    expect(credits()).toBe(30_000)
    planner.next(0, 64)
    expect(credits()).toBe(30_100)
  })

  it('tells by bytes how far workers are that read a whole file each', () => {
    const { tell, feed } = setUp()
    expect(feed.ratioAt(0)).toBeNull()
    tell({ type: 'range', input: 0, range, firstIndex: 0, whole: true })
    expect([feed.ratioAt(0), feed.ratioAt(50), feed.ratioAt(300)]).toEqual([0, 0.25, 1])
  })

  it('bounds the bytes of waiting records too, where they can be of any length', () => {
    const { tell, supply, credits } = setUp({ load: { format: 'csv', encoding: 'auto' } })
    const before = credits()
    const planner = new DynamicPlanner(supply, new SettledBitmap())
    const format = { format: 'csv' } as RecordFormat
    tell({ ...batch(0, 10, 64_000), format } as FromReader)
    expect(planner.next(0, 10)?.data).toMatchObject({ type: 'batch', format })
    expect([before, credits()]).toEqual([2 ** 18, 2 ** 18 + 1_000])
  })

  it('lets the reader go on where everything is needed before anything is handed out', () => {
    const { tell, supply, credits } = setUp()
    const planner = new ChunkPlanner(supply, 2)
    for (let first = 0; first < 50_000; first += 100) {
      expect(credits()).toBeGreaterThan(first)
      tell(batch(first, 100))
    }
    tell({ type: 'end', total: 50_000, bytesRead: 1 })
    expect(planner.next(1)).toMatchObject({ first: 25_000 })
  })

  it('fails before that takes all of the memory', () => {
    const { tell, supply, posted, onFailed, close } = setUp()
    new ChunkPlanner(supply, 2)
    const block = 64 * 2 ** 20
    for (let at = 0; at < 5; at += 1) tell(batch(at, 1, block))
    expect(onFailed.mock.calls).toMatchObject([[{ code: 'E_CONFIG' }]])
    expect([posted.at(-1), close.mock.calls.length]).toEqual([{ type: 'stop' }, 1])
  })

  it('counts the bytes that were read since the last time', () => {
    const { tell, onBytesRead } = setUp()
    tell({ type: 'progress', bytesRead: 40, found: 3 })
    tell({ type: 'progress', bytesRead: 70, found: 5 })
    tell({ type: 'end', total: 9, bytesRead: 100 })
    expect(onBytesRead.mock.calls).toEqual([[40], [30], [30]])
  })

  it('hands on why the reader failed', () => {
    const { tell, leave, onFailed } = setUp()
    tell({ type: 'failed', code: 'E_SRC_IO', message: '/list.txt: I/O error' })
    leave(null)
    expect(onFailed.mock.calls).toMatchObject([[{ code: 'E_SRC_IO', message: '/list.txt: I/O error' }]])
  })

  it('takes a reader that leaves too early for our bug', () => {
    const { leave, onFailed } = setUp()
    leave('out of memory')
    expect(onFailed.mock.calls).toMatchObject([
      [{ code: 'E_INTERNAL', message: 'the reader ended early: out of memory' }],
    ])
  })

  it('lets the reader leave in order after the end', () => {
    const { tell, leave, onFailed, close, feed, posted } = setUp()
    tell({ type: 'end', total: 0, bytesRead: 0 })
    leave(null)
    feed.close()
    expect([onFailed.mock.calls, posted.filter(({ type }) => type === 'stop')]).toEqual([[], []])
    expect(close).toHaveBeenCalled()
  })

  it('stops the reader when it is closed early, and asks for nothing more', () => {
    const { feed, posted, leave, onFailed, tell, supply } = setUp()
    tell(batch(0, 5))
    feed.close()
    leave('stopped')
    supply.dropBefore(1)
    expect([posted.at(-1), onFailed.mock.calls]).toEqual([{ type: 'stop' }, []])
  })
})
