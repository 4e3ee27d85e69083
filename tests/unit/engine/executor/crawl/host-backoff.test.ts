import { describe, expect, it } from 'vitest'
import { HostBackoff } from '../../../../../engine/executor/crawl/host-backoff.ts'

const busy = { status: 429, askedMs: 0, waitMs: 1_000 }
const unavailable = { status: 503, askedMs: 0, waitMs: 1_000 }

describe('HostBackoff', () => {
  it('holds a host that says it is asked too often, as long as the task waits that it told', () => {
    const backoff = new HostBackoff()
    expect(backoff.refused('a', busy, 100)).toBe(1_100)
    expect(backoff.refused('b', { ...unavailable, askedMs: 5_000, waitMs: 5_000 }, 100)).toBe(5_100)
    expect(backoff.refused('c', unavailable, 100)).toBe(0)
  })

  it('holds nothing for longer than a minute at a time', () => {
    expect(new HostBackoff().refused('a', { ...busy, askedMs: 3_600_000, waitMs: 3_600_000 }, 0)).toBe(60_000)
  })

  it('takes a page that is broken for that page, and ten refusals in a row for the host', () => {
    const backoff = new HostBackoff()
    const refuse = (times: number) =>
      Array.from({ length: times }, () => backoff.refused('a', unavailable, 0))
    expect(refuse(9)).toEqual(Array(9).fill(0))
    backoff.answered('a')
    expect(refuse(10)).toEqual([...(Array(9).fill(0) as number[]), 1_000])
  })

  it('gives up holding when it did not help ten times, until the host answers', () => {
    const backoff = new HostBackoff()
    // Several answers within a hold are one refusal more or less at the same time.
    const holds = Array.from({ length: 24 }, (_, turn) => backoff.refused('a', busy, (turn >> 1) * 2_000))
    expect(holds.filter(untilMs => untilMs > 0).length).toBe(20)
    expect(holds.slice(20)).toEqual([0, 0, 0, 0])
    backoff.answered('a')
    expect(backoff.refused('a', busy, 50_000)).toBe(51_000)
  })
})
