import { describe, expect, it } from 'vitest'
import { PHASE } from '../../../../shared/model/run.ts'
import { BulkBench } from '../../../support/engine/bulk-bench.ts'

const lines = (count: number): string[] => Array.from({ length: count }, (_, at) => `r${at}`)

const turn = () => new Promise(setImmediate)

describe('BulkRuntime', () => {
  it('sends full batches, and what is left at the end of the lease', async () => {
    const bench = new BulkBench()
    await bench.grant(lines(7))
    expect(bench.writer.log).toEqual([
      [0, 3, 'r0 r1 r2'],
      [3, 6, 'r3 r4 r5'],
      [6, 7, 'r6'],
    ])
    expect([...bench.writer.sent[1]!.tasks]).toEqual([3, 4, 5])
  })

  it('closes a batch when its encoded bytes, or the bytes it keeps, reach the bound', async () => {
    const bench = new BulkBench()
    bench.writer.most = { records: 100, bytes: 10 }
    await bench.grant(['four', 'four', 'four', 'four'])
    expect(bench.writer.log.map(([from, next]) => [from, next])).toEqual([
      [0, 3],
      [3, 4],
    ])

    const refusing = new BulkBench()
    refusing.writer.most = { records: 100, bytes: 10 }
    refusing.writer.refuses = text => ({ code: 'E_SCHEMA', message: `${text} is wrong`, isSkip: false })
    await refusing.grant(['four', 'four', 'four', 'four'])
    expect(refusing.writer.log).toEqual([
      [0, 3, ''],
      [3, 4, ''],
    ])
  })

  it('has as many batches in flight as there are permits, and sends the next when one ends', async () => {
    const bench = new BulkBench({ permits: 2 })
    await bench.grant(lines(12))
    expect([bench.writer.log.length, bench.runtime.inFlight, bench.runtime.waiting]).toEqual([2, 2, 9])
    bench.writer.settle()
    expect(bench.writer.log.length).toBe(3)
    bench.runtime.semaphore.resize(3)
    bench.runtime.pump()
    expect([bench.writer.log.length, bench.runtime.inFlight]).toEqual([4, 3])
  })

  it('gives the permit of a batch back when its data is written, and settles it later', async () => {
    const bench = new BulkBench({ permits: 1 })
    await bench.grant(lines(9))
    bench.writer.sent[0]!.written()
    expect([bench.writer.log.length, bench.runtime.inFlight, bench.settled]).toEqual([2, 1, []])
    bench.writer.settle()
    expect([bench.writer.log.length, bench.runtime.inFlight, bench.settled]).toEqual([2, 1, ['1: 0-3']])
    bench.writer.settle()
    expect([bench.writer.log.length, bench.runtime.inFlight]).toEqual([3, 1])
  })

  it('has no more batches in flight than the writer can use', async () => {
    const bench = new BulkBench({ permits: 9 })
    bench.writer.batches = 2
    await bench.grant(lines(12))
    expect(bench.writer.log.length).toBe(2)
  })

  it('holds nothing back when the source is slow and nothing is in flight', async () => {
    const bench = new BulkBench()
    await bench.grant(['a', 'wait', 'b', 'wait', 'c', 'd'])
    expect(bench.writer.log).toEqual([[0, 1, 'a']])
    bench.cursors[0]!.arrive()
    expect(bench.writer.log.length).toBe(1)
    bench.writer.settle()
    bench.cursors[0]!.arrive()
    expect(bench.writer.log).toEqual([
      [0, 1, 'a'],
      [1, 2, 'b'],
      [2, 4, 'c d'],
    ])
  })

  it('settles nothing before its batch is done, and then tells whole spans', async () => {
    const bench = new BulkBench()
    await bench.grant(lines(7))
    expect([bench.settled, bench.intake.hasNews]).toEqual([[], false])
    bench.writer.settle()
    bench.writer.settle()
    expect([bench.intake.hasNews, bench.settled]).toEqual([true, ['1: 0-6']])
    bench.writer.settle()
    expect([bench.settled, bench.runtime.waiting, bench.idles]).toEqual([['1: 6-7'], 0, 1])
    expect(bench.counters).toEqual({ ok: 7, recordsRead: 7, recordsSent: 7 })
  })

  it('tells single indexes of leases with gaps', async () => {
    const bench = new BulkBench()
    await bench.grant(lines(4), { first: 2, step: 3, end: 14 })
    expect(bench.writer.log).toEqual([
      [2, 9, 'r0 r1 r2'],
      [9, 12, 'r3'],
    ])
    bench.writer.settle()
    expect(bench.settled).toEqual(['1: 2 5 8'])
  })

  it('records what the destination refused, with all that a correction needs', async () => {
    const bench = new BulkBench({ nowMs: () => 5 })
    await bench.grant(lines(3))
    bench.writer.settle([{ at: 1, code: 'E_DEST_DATA', message: 'WRONGTYPE' }])
    expect(bench.rows).toEqual([
      {
        index: 1,
        startedAtMs: 5,
        totalMs: 0,
        outcome: 'failed',
        error: 'E_DEST_DATA',
        retryable: 0,
        attempts: 1,
        worker: 1,
        lane: 0,
        recordIndex: 1,
        line: 2,
        byteOffset: 2,
        byteLength: 2,
        errorMessage: 'WRONGTYPE',
        raw: Buffer.from('r1').toString('base64'),
      },
    ])
    expect(bench.settled).toEqual(['1: 0-3'])
    const { failures, counters } = bench.recorder.take()
    expect(failures.map(({ index, input }) => [index, input])).toEqual([[1, 'r1']])
    expect([...counters.subarray(0, 2)]).toEqual([2, 1])
  })

  it('records what was refused on the way only when its batch is done', async () => {
    const refusal = { code: 'E_ENCODING', message: 'line 2 is not UTF-8', isSkip: false } as const
    const bench = new BulkBench()
    bench.writer.refuses = text =>
      text === 'bad' ? { code: 'E_SCHEMA', message: 'no field', isSkip: false } : null
    await bench.grant(['a', { refusal, raw: 'raw' }, 'bad'])
    expect([bench.writer.log, bench.rows]).toEqual([[[0, 3, 'a']], []])
    bench.writer.settle()
    expect(bench.rows.map(({ index, error, raw }) => [index, error, raw])).toEqual([
      [1, 'E_ENCODING', Buffer.from('raw').toString('base64')],
      [2, 'E_SCHEMA', Buffer.from('bad').toString('base64')],
    ])
    expect(bench.settled).toEqual(['1: 0-3'])
    expect(bench.counters).toEqual({ ok: 1, failed: 2, recordsRead: 3, recordsSent: 1 })
  })

  it('sends the position of a batch whose records were all refused', async () => {
    const bench = new BulkBench()
    bench.writer.refuses = () => ({ code: 'E_SCHEMA', message: 'no field', isSkip: false })
    await bench.grant(lines(2))
    expect(bench.writer.log).toEqual([[0, 2, '']])
    expect(bench.writer.sent[0]!.tasks.length).toBe(0)
    bench.writer.settle()
    expect(bench.counters).toEqual({ failed: 2, recordsRead: 2 })
  })

  it('forgets batches that were given up: their tasks stay unsettled', async () => {
    const bench = new BulkBench()
    await bench.grant(lines(6))
    bench.runtime.setPhase(PHASE.drain)
    bench.writer.settle()
    expect(bench.idles).toBe(0)
    bench.runtime.setPhase(PHASE.abort)
    expect([bench.writer.aborts, bench.runtime.inFlight, bench.settled]).toEqual([1, 0, ['1: 0-3']])
    expect(bench.idles).toBeGreaterThan(0)
    expect(bench.counters).toMatchObject({ ok: 3 })
  })

  it('sends nothing new once it is told to stop, and is idle when the rest has settled', async () => {
    const bench = new BulkBench({ permits: 1 })
    await bench.grant(lines(9))
    bench.runtime.setPhase(PHASE.stop)
    expect(bench.idles).toBe(0)
    bench.writer.settle()
    expect([bench.writer.log.length, bench.idles, bench.settled]).toEqual([1, 1, ['1: 0-3']])
  })

  it('sends what it has read when it is paused, reads nothing meanwhile, and goes on', async () => {
    const bench = new BulkBench()
    bench.writer.most = { records: 10, bytes: 1_000 }
    await bench.grant(['a', 'wait', 'b', 'c'])
    bench.cursors[0]!.arrive()
    bench.writer.settle()
    expect(bench.writer.log.length).toBe(2)

    await bench.grant(['d', 'e', 'wait', 'f'], { first: 100, end: 104 })
    expect(bench.writer.log.length).toBe(2)
    bench.runtime.setPaused(true)
    expect(bench.writer.log.at(-1)).toEqual([100, 102, 'd e'])
    bench.cursors[1]!.arrive()
    bench.writer.settle()
    bench.writer.settle()
    expect(bench.writer.log.length).toBe(3)
    bench.runtime.setPaused(false)
    expect(bench.writer.log.at(-1)).toEqual([102, 103, 'f'])
  })

  it('sends nothing while reports are behind', async () => {
    const bench = new BulkBench()
    bench.isCongested = true
    await bench.grant(lines(3))
    expect(bench.writer.log).toEqual([])
    bench.isCongested = false
    bench.runtime.pump()
    expect(bench.writer.log.length).toBe(1)
  })

  it('passes over what the destination holds already, and settles it by what became of it', async () => {
    const bench = new BulkBench()
    bench.writer.openWith = () =>
      Promise.resolve({
        isApplied: task => task < 4,
        failureOf: task => (task === 1 ? { code: 'E_DEST_DATA', message: 'WRONGTYPE' } : null),
      })
    await bench.grant(lines(7), { living: [3] })
    expect(bench.writer.leases).toEqual([
      expect.objectContaining({ first: 0, step: 1, living: [3], format: expect.anything() as unknown }),
    ])
    // Nothing tells the destination a position that it has passed: 0 to 3 settle by themselves.
    expect(bench.writer.log).toEqual([
      [0, 6, 'r4 r5'],
      [6, 7, 'r6'],
    ])
    expect(bench.settled).toEqual(['1: 0-3'])
    expect(bench.rows.map(({ index, error, attempts }) => [index, error, attempts])).toEqual([
      [1, 'E_DEST_DATA', 0],
    ])
    bench.writer.settle()
    bench.writer.settle()
    expect(bench.settled).toEqual(['1: 3-7'])
    expect(bench.counters).toEqual({ ok: 6, failed: 1, recordsRead: 7, recordsSent: 3 })
  })

  it('refuses what could not be read before again, though its place is behind the position', async () => {
    const refusal = { code: 'E_ENCODING', message: 'line 2 is not UTF-8', isSkip: false } as const
    const bench = new BulkBench()
    bench.writer.openWith = () => Promise.resolve({ isApplied: () => true, failureOf: () => null })
    await bench.grant(['a', { refusal, raw: 'raw' }, 'b'], { living: [] })
    expect(bench.rows.map(({ index, error }) => [index, error])).toEqual([[1, 'E_ENCODING']])
    expect(bench.counters).toMatchObject({ ok: 2, failed: 1 })
  })

  it('reads a lease only when the destination has opened it, and opens the next one meanwhile', async () => {
    const gates = [Promise.withResolvers<null>(), Promise.withResolvers<null>()]
    const bench = new BulkBench()
    bench.writer.openWith = async ({ first }) => await gates[first === 0 ? 0 : 1]!.promise
    await bench.grant(lines(3))
    await bench.grant(lines(2), { first: 3, end: 5 })
    gates[1]!.resolve(null)
    await turn()
    expect([bench.writer.leases.length, bench.writer.log, bench.idles]).toEqual([2, [], 0])
    gates[0]!.resolve(null)
    await turn()
    expect(bench.writer.log).toEqual([
      [0, 3, 'r0 r1 r2'],
      [3, 5, 'r0 r1'],
    ])
  })

  it('says so when the destination cannot open a lease', async () => {
    const bench = new BulkBench()
    const error = new Error('no')
    bench.writer.openWith = () => Promise.reject(error)
    await bench.grant(lines(3))
    expect(bench.errors).toEqual([error])
  })

  it('notes each record of a careful lease before it is added', async () => {
    const bench = new BulkBench()
    const seen: number[] = []
    bench.writer.onAdd = () => seen.push(bench.noted.length)
    await bench.grant(lines(2), { first: 8, end: 10, careful: true })
    expect([bench.noted, seen]).toEqual([
      [
        [0, 8],
        [0, 9],
      ],
      [1, 2],
    ])
  })

  it('records quarantined records without adding them, and tells their position', async () => {
    const bench = new BulkBench()
    bench.writer.onAdd = () => expect.fail('a quarantined record must not be written')
    await bench.grant(['poison'], { first: 4, end: 5, quarantine: 'ended 3 workers' })
    expect(bench.writer.log).toEqual([[4, 5, '']])
    bench.writer.settle()
    expect(bench.rows).toMatchObject([
      {
        index: 4,
        outcome: 'quarantined',
        error: 'E_QUARANTINED',
        errorMessage: 'ended 3 workers',
        raw: Buffer.from('poison').toString('base64'),
      },
    ])
    expect([bench.settled, bench.counters]).toEqual([['1: 4-5'], { quarantined: 1, recordsRead: 1 }])
  })

  it('settles nothing any more once the destination may have forgotten', async () => {
    const bench = new BulkBench({ permits: 1 })
    await bench.grant(lines(6))
    bench.runtime.giveUp()
    bench.writer.settle()
    expect([bench.writer.log.length, bench.settled, bench.runtime.inFlight]).toEqual([1, [], 0])
    expect(bench.counters).toEqual({ recordsRead: 6, recordsSent: 3 })
  })

  it('settles what it has read of a lease that cannot be read further, then is idle', async () => {
    const bench = new BulkBench()
    await bench.grant(['a', 'b', { failure: 'input.txt: I/O error' }], { end: 9 })
    expect([bench.writer.log, bench.idles]).toEqual([[[0, 2, 'a b']], 0])
    bench.writer.settle()
    expect([bench.intake.failure?.message, bench.idles, bench.settled]).toEqual([
      'input.txt: I/O error',
      1,
      ['1: 0-2'],
    ])
  })

  it('asks for the next lease when few tasks are left', async () => {
    const bench = new BulkBench({ permits: 1 })
    await bench.grant(lines(9))
    expect(bench.wants).toBe(0)
    bench.writer.settle()
    expect(bench.wants).toBe(1)
    bench.writer.settle()
    expect(bench.wants).toBe(1)
  })

  it('shows what it is at', async () => {
    const bench = new BulkBench()
    expect(bench.runtime.current).toBeNull()
    await bench.grant(lines(2), { first: 12_344, end: 12_346 })
    expect([bench.runtime.current, bench.runtime.busyLanes]).toEqual(['line 12,346', 1])
    bench.writer.settle()
    expect([bench.runtime.current, bench.runtime.busyLanes]).toEqual([null, 0])
  })

  it('measures a batch as one span, and its latency for each of its records', async () => {
    let nowMs = 100
    const bench = new BulkBench({ nowMs: () => nowMs })
    await bench.grant(lines(2))
    nowMs = 130
    bench.writer.settle()
    const { spans, histograms } = bench.recorder.take()
    const [index, lane, outcome, startMs, , , , , endMs] = spans
    expect([spans.length, index, lane, outcome, startMs, endMs]).toEqual([9, 0, 0, 0, 100, 130])
    expect([histograms[0]!.buckets[1], histograms[0]!.maxMs]).toEqual([2, 30])
  })

  it('lets messages in between, however many records there are', async () => {
    let nowMs = 0
    const bench = new BulkBench({ nowMs: () => (nowMs += 4) })
    bench.writer.most = { records: 100_000, bytes: 2 ** 30 }
    await bench.grant(lines(3_000))
    expect([bench.writer.log, bench.runtime.busyLanes, bench.idles]).toEqual([[], 1, 0])
    for (let turns = 0; bench.writer.log.length === 0 && turns < 100; turns += 1) await turn()
    expect(bench.writer.log.map(([from, next]) => [from, next])).toEqual([[0, 3_000]])
  })

  it('takes batches that settle while they are sent without going deeper', async () => {
    const bench = new BulkBench()
    bench.writer.most = { records: 1, bytes: 1_000 }
    const { writer } = bench
    const send = writer.send.bind(writer)
    writer.send = batch => {
      send(batch)
      writer.settle()
    }
    await bench.grant(lines(20_000))
    for (let turns = 0; bench.idles === 0 && turns < 1_000; turns += 1) await turn()
    expect(bench.settled).toEqual(['1: 0-20000'])
  })

  it('refuses a batch that settles twice', async () => {
    const bench = new BulkBench()
    await bench.grant(lines(1))
    const [batch] = bench.writer.sent
    bench.writer.settle()
    expect(() => batch!.settle([])).toThrow('settled twice')
  })
})
