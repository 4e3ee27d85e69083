import { describe, expect, it } from 'vitest'

import { Asked } from '../../../../../renderer/stores/tasks/asked.ts'
import { JobError } from '../../../../../shared/model/error.ts'

describe('Asked', () => {
  it('hears the answer to its newest question only', async () => {
    const asked = new Asked<string>()
    const slow = Promise.withResolvers<string>()
    const first = asked.ask(() => slow.promise)
    await asked.ask(async () => 'new')
    slow.resolve('old')
    await first

    expect(asked.answer.value).toBe('new')
  })

  it('shows the last answer beside the reason why there is no newer one', async () => {
    const asked = new Asked<string>()
    await asked.ask(async () => 'known')
    await asked.ask(async () => {
      throw new JobError('E_NOT_FOUND', 'gone')
    })

    expect([asked.answer.value, asked.failure.value?.code]).toEqual(['known', 'E_NOT_FOUND'])
  })

  it('forgets both when it is cleared, answers under way included', async () => {
    const asked = new Asked<string>()
    const slow = Promise.withResolvers<string>()
    const asking = asked.ask(() => slow.promise)
    asked.clear()
    slow.resolve('late')
    await asking

    expect([asked.answer.value, asked.failure.value]).toEqual([null, null])
  })
})
