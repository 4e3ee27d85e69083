import { describe, expect, it } from 'vitest'

import { StreamLoader } from '../../../../../renderer/stores/stream/stream-loader.ts'
import { JobError } from '../../../../../shared/model/error.ts'
import type { StreamQuestion, TaskStream } from '../../../../../shared/model/task-stream.ts'

const question = (fromMs: number): StreamQuestion => ({
  ...{ fromMs, toMs: fromMs + 10, firstLane: 0, lanes: 1, bins: 2, spans: 1 },
})
const answer = (fromMs: number) => ({ fromMs }) as TaskStream

function setUp() {
  const asked: number[] = []
  const gates: PromiseWithResolvers<TaskStream>[] = []
  const loader = new StreamLoader(({ fromMs }) => {
    asked.push(fromMs)
    gates.push(Promise.withResolvers<TaskStream>())
    return gates.at(-1)!.promise
  })
  return { loader, asked, gates }
}

describe('StreamLoader', () => {
  it('has one question under way and then asks the last one', async () => {
    const { loader, asked, gates } = setUp()
    const done = loader.load(question(1))
    void loader.load(question(2))
    void loader.load(question(3))
    expect(asked).toEqual([1])
    gates[0]!.resolve(answer(1))
    await Promise.resolve()
    await Promise.resolve()
    expect({ asked, shown: loader.data.value }).toEqual({ asked: [1, 3], shown: answer(1) })
    gates[1]!.resolve(answer(3))
    await done
    expect({ shown: loader.data.value, isLoading: loader.isLoading.value }).toEqual({
      shown: answer(3),
      isLoading: false,
    })
  })

  it('does not hear answers to a run that is shown no more', async () => {
    const { loader, gates } = setUp()
    const done = loader.load(question(1))
    loader.clear()
    gates[0]!.resolve(answer(1))
    await done
    expect(loader.data.value).toBeNull()
  })

  it('says why there is no answer, and goes on', async () => {
    const { loader, gates } = setUp()
    const first = loader.load(question(1))
    gates[0]!.reject(new JobError('E_JOURNAL_CORRUPT', 'broken'))
    await first
    expect(loader.failure.value).toMatchObject({ code: 'E_JOURNAL_CORRUPT' })
    const second = loader.load(question(2))
    gates[1]!.resolve(answer(2))
    await second
    expect({ failure: loader.failure.value, shown: loader.data.value }).toEqual({
      failure: null,
      shown: answer(2),
    })
  })
})
