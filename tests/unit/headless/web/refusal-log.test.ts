import { describe, expect, it } from 'vitest'

import { FailureLimit } from '../../../../headless/web/failure-limit.ts'
import { RefusalLog } from '../../../../headless/web/refusal-log.ts'
import { refusal } from '../../../../headless/web/refusal.ts'

describe('RefusalLog', () => {
  it('tells each kind once a minute, and how many it kept to itself', () => {
    let nowMs = 0
    const told: string[] = []
    const log = new RefusalLog(
      ({ code }, suppressed) => told.push(`${code} ${suppressed}`),
      () => nowMs,
    )
    for (let at = 0; at < 100; at += 1) log.note(refusal(403, 'E_ORIGIN', ''))
    log.note(refusal(421, 'E_HOST', ''))
    nowMs = 60_000
    log.note(refusal(403, 'E_ORIGIN', ''))
    log.note(refusal(403, 'E_ORIGIN', ''))
    expect(told).toEqual(['E_ORIGIN 0', 'E_HOST 0', 'E_ORIGIN 99'])
  })
})

describe('FailureLimit', () => {
  it('has enough after ten in a minute, until they are a minute old', () => {
    let nowMs = 0
    const limit = new FailureLimit(10, () => nowMs)
    const first = Array.from({ length: 12 }, () => limit.fail())
    nowMs = 60_000
    expect([first.filter(Boolean).length, limit.fail()]).toEqual([2, false])
  })
})
