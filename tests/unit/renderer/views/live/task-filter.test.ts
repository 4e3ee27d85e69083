import { describe, expect, it } from 'vitest'

import {
  ANY,
  chosen,
  isNarrow,
  isRetryable,
  outcomeChoice,
  outcomesOf,
} from '../../../../../renderer/views/live/task-filter.ts'

describe('choices of a task filter', () => {
  it.each([ANY, 'bad', 'ok', 'failed', 'skipped', 'quarantined'])('lead from "%s" there and back', choice => {
    expect(outcomeChoice({ outcomes: outcomesOf(choice) })).toBe(choice)
  })

  it('leave out what is not chosen', () => {
    expect([chosen(ANY, Number), chosen('503', Number)]).toEqual([undefined, [503]])
  })

  it('narrow only where something was chosen', () => {
    expect([isNarrow({}), isNarrow({ text: undefined }), isNarrow({ minTotalMs: 0 })]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('can be retried when none of them ended well', () => {
    expect(
      [{}, { outcomes: ['ok'] }, { outcomes: ['failed'] }, { codes: ['E_DNS'] }, { text: 'a' }].map(filter =>
        isRetryable(filter as never),
      ),
    ).toEqual([false, false, true, true, false])
  })
})
