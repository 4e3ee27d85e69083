import { describe, expect, it } from 'vitest'
import { parseOkStatus } from '../../../../../engine/executor/crawl/ok-status.ts'

describe('parseOkStatus', () => {
  it('reads statuses and ranges', () => {
    const table = parseOkStatus('200-204, 404,500')
    expect([199, 200, 204, 205, 404, 500, 501].map(status => table[status])).toEqual([0, 1, 1, 0, 1, 1, 0])
  })

  it.each(['', '2xx', '200-', '399-200', '99', '200,,300', '1000'])('refuses %j with what to write', text => {
    expect(() => parseOkStatus(text)).toThrow(/write statuses and ranges/)
  })
})
