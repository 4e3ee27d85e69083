import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunCommit } from '../../../../engine/records/protocol.ts'
import { Committer } from '../../../../engine/run/committer.ts'
import { JobError, type Failure } from '../../../../shared/model/error.ts'

/** Commits are numbered by when they were composed; the test decides how each attempt to write one ends. */
function setUp() {
  const attempts: {
    elapsedMs: number
    durability: RunCommit['durability']
    end: PromiseWithResolvers<void>
  }[] = []
  const stalled: [code: string, sinceMs: number][] = []
  let composed = 0
  const committed: number[] = []
  const state = { isPatient: true }
  const committer = new Committer({
    records: {
      commit: ({ elapsedMs, durability }) => {
        const end = Promise.withResolvers<void>()
        attempts.push({ elapsedMs, durability, end })
        return end.promise
      },
    },
    compose: () => {
      composed += 1
      return { elapsedMs: composed } as Omit<RunCommit, 'durability'>
    },
    onCommitted: () => committed.push(composed),
    onStalled: ({ code }: Failure, sinceMs) => {
      stalled.push([code, sinceMs])
      return state.isPatient
    },
    nowMs: Date.now,
  })
  const written = (): [number, string][] =>
    attempts.map(({ elapsedMs, durability }) => [elapsedMs, durability])
  const succeed = async (): Promise<void> => {
    attempts.at(-1)!.end.resolve()
    await vi.advanceTimersByTimeAsync(0)
  }
  const fail = async (): Promise<void> => {
    attempts.at(-1)!.end.reject(new JobError('E_DISK_FULL', 'no space left'))
    await vi.advanceTimersByTimeAsync(0)
  }
  return { committer, written, succeed, fail, stalled, committed, state }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Committer', () => {
  it('commits at once what is noted first, and ten times a second at most', async () => {
    const { committer, written, succeed } = setUp()
    committer.note()
    committer.note()
    await vi.advanceTimersByTimeAsync(0)
    await succeed()
    committer.note()
    await vi.advanceTimersByTimeAsync(99)
    expect(written()).toEqual([[1, 'normal']])
    await vi.advanceTimersByTimeAsync(1)
    expect(written()).toEqual([
      [1, 'normal'],
      [2, 'normal'],
    ])
  })

  it('writes nothing while nothing is noted', async () => {
    const { committer, written, succeed } = setUp()
    committer.note()
    await vi.advanceTimersByTimeAsync(0)
    await succeed()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(written().length).toBe(1)
  })

  it('writes one commit at a time, and then the newest state', async () => {
    const { committer, written, succeed, committed } = setUp()
    committer.note()
    await vi.advanceTimersByTimeAsync(0)
    committer.note()
    await vi.advanceTimersByTimeAsync(5_000)
    expect([written().length, committed]).toEqual([1, []])
    await succeed()
    await vi.advanceTimersByTimeAsync(0)
    expect([written().length, committed]).toEqual([2, [1]])
  })

  it('tries a commit that failed again as it was, as long as there is patience', async () => {
    const { committer, written, fail, succeed, stalled, committed } = setUp()
    committer.note()
    await vi.advanceTimersByTimeAsync(0)
    await fail()
    committer.note()
    await vi.advanceTimersByTimeAsync(500)
    await fail()
    await vi.advanceTimersByTimeAsync(500)
    await succeed()
    expect(written().slice(0, 3)).toEqual([
      [1, 'normal'],
      [1, 'normal'],
      [1, 'normal'],
    ])
    expect([stalled, committed]).toEqual([
      [
        ['E_DISK_FULL', 0],
        ['E_DISK_FULL', 500],
      ],
      [1],
    ])
  })

  it('writes a commit that was given up before any later one, and tells only of both', async () => {
    const { committer, written, fail, succeed, committed, state } = setUp()
    state.isPatient = false
    committer.note()
    await vi.advanceTimersByTimeAsync(0)
    await fail()
    const flushed = committer.flush('full')
    await vi.advanceTimersByTimeAsync(0)
    await succeed()
    expect(committed).toEqual([])
    await succeed()
    await flushed
    expect([written(), committed]).toEqual([
      [
        [1, 'normal'],
        [1, 'normal'],
        [2, 'full'],
      ],
      [2],
    ])
  })

  it('flushes after what is under way, and resolves when that is written', async () => {
    const { committer, written, succeed } = setUp()
    committer.note()
    await vi.advanceTimersByTimeAsync(0)
    let isFlushed = false
    const flushes = [committer.flush('full'), committer.flush('full')]
    void Promise.all(flushes).then(() => (isFlushed = true))
    await succeed()
    expect(written()).toEqual([
      [1, 'normal'],
      [2, 'full'],
    ])
    await succeed()
    expect([written().length, isFlushed]).toEqual([3, false])
    await succeed()
    expect(isFlushed).toBe(true)
  })

  it('tells who flushes that it could not be written', async () => {
    const { committer, fail, state } = setUp()
    state.isPatient = false
    const flushed = committer.flush('full')
    const outcome = expect(flushed).rejects.toThrow('no space left')
    await vi.advanceTimersByTimeAsync(0)
    await fail()
    await outcome
  })

  it('does nothing more once it is closed', async () => {
    const { committer, written } = setUp()
    committer.note()
    committer.close()
    committer.note()
    await vi.advanceTimersByTimeAsync(1_000)
    expect([written(), vi.getTimerCount()]).toEqual([[], 0])
  })
})
