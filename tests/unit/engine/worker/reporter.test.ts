import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SegmentWriter } from '../../../../engine/journal/segment-writer.ts'
import { openIndexes } from '../../../../engine/source/index-cursor.ts'
import type { GaugeReader } from '../../../../engine/worker/gauges.ts'
import { Intake } from '../../../../engine/worker/intake.ts'
import type { FromWorker, WorkerReport } from '../../../../engine/worker/protocol.ts'
import { Recorder } from '../../../../engine/worker/recorder.ts'
import { Reporter } from '../../../../engine/worker/reporter.ts'
import { JobError } from '../../../../shared/model/error.ts'
import { makeLease } from '../../../support/engine/waiting-task.ts'

/** A segment of 100 bytes a task, whose disk the test holds. */
class FakeSegment {
  bytes = 0
  pendingBytes = 0
  readonly syncs: { readonly target: number; readonly done: PromiseWithResolvers<void> }[] = []
  isInstant = true

  seal(): number {
    return this.bytes
  }

  async sync(target: number): Promise<number> {
    const done = Promise.withResolvers<void>()
    this.syncs.push({ target, done })
    if (this.isInstant) done.resolve()
    await done.promise
    return target
  }
}

function setUp() {
  const segment = new FakeSegment()
  const posted: FromWorker[] = []
  const intake = new Intake(openIndexes)
  intake.grant(makeLease({ end: 1_000_000 }))
  const recorder = new Recorder(segment as unknown as SegmentWriter, 0, 1)
  const pump = vi.fn()
  const onError = vi.fn()
  const reporter = new Reporter({
    port: {
      post: (message: FromWorker) => posted.push(message),
      onMessage: () => undefined,
      exit: () => undefined,
    },
    segment: segment as unknown as SegmentWriter,
    recorder,
    intake,
    runtime: {
      pump,
      noteSettledSince: () => undefined,
      busyLanes: 1,
      waiting: 2,
      current: '#3',
    },
    gauges: {
      read: () => ({ loopUtilisationRatio: 0.5, cpuSec: 1, rssBytes: 10 }),
    } as unknown as GaugeReader,
    nowMs: Date.now,
    onError,
  })
  const settle = (): void => {
    intake.next()
    intake.held!.settled.push(intake.index)
    intake.held!.open -= 1
    segment.bytes += 100
  }
  return { segment, posted, intake, reporter, settle, pump, onError }
}

const reports = (posted: readonly FromWorker[]): WorkerReport[] =>
  posted.filter(message => message.type === 'report')

/** `[seq, segmentBytes, settled…]` of each report. */
const shortly = (posted: readonly FromWorker[]): number[][] =>
  reports(posted).map(({ seq, segmentBytes, leases }) => [
    seq,
    segmentBytes,
    ...leases.flatMap(({ settled }) => [...settled]),
  ])

beforeEach(() => {
  vi.useFakeTimers({ now: 10_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Reporter', () => {
  it('reports ten times a second what settled, numbered, with the length of the synced segment', async () => {
    const { posted, reporter, settle } = setUp()
    settle()
    settle()
    await vi.advanceTimersByTimeAsync(99)
    expect(posted).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    settle()
    await vi.advanceTimersByTimeAsync(100)
    expect(shortly(posted)).toEqual([
      [1, 200, 0, 1],
      [2, 300, 2],
    ])
    expect(reports(posted)[0]!.gauges).toEqual({
      inFlight: 1,
      waiting: 2,
      current: '#3',
      loopUtilisationRatio: 0.5,
      cpuSec: 1,
      rssBytes: 10,
    })
    await reporter.finish()
  })

  it('sends nothing before its records are on the disk, and one report at a time', async () => {
    const { segment, posted, reporter, settle, pump } = setUp()
    segment.isInstant = false
    settle()
    await vi.advanceTimersByTimeAsync(100)
    settle()
    await vi.advanceTimersByTimeAsync(500)
    expect([posted, segment.syncs.length, pump.mock.calls.length]).toEqual([[], 1, 0])
    segment.isInstant = true
    segment.syncs[0]!.done.resolve()
    await vi.advanceTimersByTimeAsync(100)
    expect(shortly(posted)).toEqual([
      [1, 100, 0],
      [2, 200, 1],
    ])
    expect(pump).toHaveBeenCalled()
    await reporter.finish()
  })

  it('shows each second that it lives, with nothing to tell', async () => {
    const { posted, reporter } = setUp()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(shortly(posted)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ])
    await reporter.finish()
  })

  it('waits with four reports not acknowledged, but for the sign of life', async () => {
    const { posted, reporter, settle } = setUp()
    for (let tenth = 0; tenth < 8; tenth += 1) {
      settle()
      await vi.advanceTimersByTimeAsync(100)
    }
    expect([reports(posted).length, reporter.isCongested]).toEqual([4, true])
    await vi.advanceTimersByTimeAsync(600)
    expect(shortly(posted).slice(4)).toEqual([[5, 800, 4, 5, 6, 7]])
    reporter.acknowledge(5)
    expect(reporter.isCongested).toBe(false)
    await reporter.finish()
  })

  it('reports at once when nothing is left to do', async () => {
    const { posted, reporter, settle } = setUp()
    settle()
    reporter.reportSoon()
    reporter.reportSoon()
    await vi.advanceTimersByTimeAsync(1)
    expect(shortly(posted)).toEqual([[1, 100, 0]])
    await reporter.finish()
  })

  it('is not congested by tasks that trickle in and are reported at once', async () => {
    const { posted, reporter, settle } = setUp()
    let wasCongested = false
    for (let elapsedMs = 0; elapsedMs < 2_000; elapsedMs += 10) {
      settle()
      reporter.reportSoon()
      await vi.advanceTimersByTimeAsync(10)
      wasCongested ||= reporter.isCongested
      // A commit takes up to 100 ms.
      if (elapsedMs % 100 === 90) reporter.acknowledge(reports(posted).length)
    }
    expect([wasCongested, reports(posted).length <= 60]).toEqual([false, true])
    await reporter.finish()
  })

  it('reports at once when too many records wait for the disk, and is congested until they are written', async () => {
    const { segment, posted, reporter, settle } = setUp()
    settle()
    segment.pendingBytes = 9 * 2 ** 20
    expect(reporter.isCongested).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    segment.pendingBytes = 0
    expect([shortly(posted), reporter.isCongested]).toEqual([[[1, 100, 0]], false])
    await reporter.finish()
  })

  it('tries again when the disk is full, and leaves what settled meanwhile to the next report', async () => {
    const { segment, posted, reporter, settle, onError } = setUp()
    segment.isInstant = false
    settle()
    await vi.advanceTimersByTimeAsync(100)
    settle()
    segment.syncs[0]!.done.reject(new JobError('E_DISK_FULL', 'no space left'))
    segment.isInstant = true
    await vi.advanceTimersByTimeAsync(499)
    expect(posted).toEqual([
      {
        type: 'stalled',
        failure: { code: 'E_DISK_FULL', message: 'no space left', retryable: false },
        sinceMs: 0,
      },
    ])
    await vi.advanceTimersByTimeAsync(200)
    expect(shortly(posted)).toEqual([
      [1, 100, 0],
      [2, 200, 1],
    ])
    expect(segment.syncs.map(({ target }) => target)).toEqual([100, 100, 200])
    expect(onError).not.toHaveBeenCalled()
    await reporter.finish()
  })

  it('tells when the segment cannot be written at all', async () => {
    const { segment, posted, reporter, settle, onError } = setUp()
    segment.isInstant = false
    settle()
    await vi.advanceTimersByTimeAsync(100)
    const error = new JobError('E_SRC_IO', 'the disk is gone')
    segment.syncs[0]!.done.reject(error)
    segment.isInstant = true
    await vi.advanceTimersByTimeAsync(1)
    expect([posted, onError.mock.calls]).toEqual([[], [[error]]])
    await reporter.finish()
  })

  it('sends one last report, after the one under way, and nothing later', async () => {
    const { segment, posted, reporter, settle } = setUp()
    segment.isInstant = false
    settle()
    await vi.advanceTimersByTimeAsync(100)
    settle()
    reporter.reportSoon()
    const finished = reporter.finish()
    segment.isInstant = true
    segment.syncs[0]!.done.resolve()
    await finished
    settle()
    reporter.reportSoon()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(shortly(posted)).toEqual([
      [1, 100, 0],
      [2, 200, 1],
    ])
    expect(vi.getTimerCount()).toBe(0)
  })
})
