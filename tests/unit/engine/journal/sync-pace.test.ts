import { beforeEach, expect, it, vi } from 'vitest'
import { SyncPace } from '../../../../engine/journal/sync-pace.ts'
import { JobError } from '../../../../shared/model/error.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  return () => vi.useRealTimers()
})

it('asks for the disk when the last time was half a second ago', () => {
  let nowMs = 0
  const pace = new SyncPace({ nowMs: () => nowMs, sync: () => undefined })
  const asked = [0, 499, 500, 600, 999, 1_000].map(at => {
    nowMs = at
    const durability = pace.durability('normal')
    pace.committed(durability)
    return durability
  })
  expect(asked).toEqual(['normal', 'normal', 'full', 'normal', 'normal', 'full'])
  expect(pace.durability('full')).toBe('full')
  pace.close()
})

it('takes the last commits to the disk by itself when none follows, once', () => {
  const sync = vi.fn()
  const pace = new SyncPace({ nowMs: () => 0, sync })
  pace.committed('normal')
  pace.committed('normal')
  vi.advanceTimersByTime(500)
  vi.advanceTimersByTime(10_000)
  expect(sync).toHaveBeenCalledTimes(1)
  pace.committed('normal')
  pace.committed('full')
  vi.advanceTimersByTime(10_000)
  expect(sync).toHaveBeenCalledTimes(1)
})

it('leaves it to the next commit to tell of a full disk', () => {
  const sync = vi.fn(() => {
    throw new JobError('E_DISK_FULL', 'no space')
  })
  const pace = new SyncPace({ nowMs: () => 0, sync })
  pace.committed('normal')
  expect(() => vi.advanceTimersByTime(500)).not.toThrow()
})
