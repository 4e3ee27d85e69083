import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'

import type { HostBridge } from '../../../../renderer/client/host-bridge.ts'
import { useComparisonDraftStore } from '../../../../renderer/stores/comparison-draft.ts'
import { useComparisonsStore } from '../../../../renderer/stores/comparisons.ts'
import { useHostStore } from '../../../../renderer/stores/host.ts'
import type { Comparison, ComparisonEntry } from '../../../../shared/model/comparison.ts'
import { JobError } from '../../../../shared/model/error.ts'
import { settled } from '../../../support/renderer/scripted-client.ts'

const ID = '20261122-130000-abcdef'
const ENTRY = { comparisonId: ID, state: 'running', runsDone: 1, runsPlanned: 8 } as ComparisonEntry
const after = (runsDone: number, state: Comparison['state'] = 'running') =>
  ({ comparisonId: ID, state, runsDone, runsPlanned: 8 }) as Comparison

type Listener = (comparison: Comparison) => void
type OnEnd = (error: Error | null) => void

/** A host of which the test says what it answers, and what it tells of a comparison. */
function attachHost(answers: Readonly<Record<string, unknown>>) {
  const calls: { readonly name: string; readonly input: unknown }[] = []
  const streams: { push: Listener; end: OnEnd; isStopped: boolean }[] = []
  const client = {
    call: async (name: string, input: unknown) => {
      calls.push({ name, input })
      const answer = answers[name]
      if (answer instanceof Error) throw answer
      return answer
    },
    on: (_name: string, _params: unknown, push: Listener, end: OnEnd = () => undefined) => {
      const stream = { push, end, isStopped: false }
      streams.push(stream)
      return () => void (stream.isStopped = true)
    },
  }
  const bridge = { client, connection: 'open', access: 'control', onConnection: () => () => undefined }
  useHostStore().attach(bridge as unknown as HostBridge)
  return { calls, streams }
}

beforeEach(() => setActivePinia(createPinia()))

describe('comparisons', () => {
  it('are followed in the list while they are made, until nobody looks', async () => {
    const { streams } = attachHost({ 'compare.list': [ENTRY] })
    const store = useComparisonsStore()
    await store.load()
    streams[0]!.push(after(5))
    expect(store.entries?.[0]).toMatchObject({ state: 'running', runsDone: 5 })
    store.leave()
    expect(streams[0]!.isStopped).toBe(true)
  })

  it('live until the host has ended them', () => {
    const { streams } = attachHost({})
    const store = useComparisonsStore()
    store.open(ID)
    streams[0]!.push(after(1))
    const before = store.isLiving
    streams[0]!.push(after(8, 'done'))
    streams[0]!.end(null)
    expect({ before, now: store.isLiving, state: store.comparison?.state }).toEqual({
      before: true,
      now: false,
      state: 'done',
    })
  })

  it('that nobody makes any more do not live, though they are not done', () => {
    const { streams } = attachHost({})
    const store = useComparisonsStore()
    store.open(ID)
    streams[0]!.push(after(3))
    streams[0]!.end(null)
    expect({ isLiving: store.isLiving, state: store.comparison?.state }).toEqual({
      isLiving: false,
      state: 'running',
    })
  })

  it('that cannot be had say why', () => {
    const { streams } = attachHost({})
    const store = useComparisonsStore()
    store.open(ID)
    const gone = new JobError('E_NOT_FOUND', 'no such comparison')
    streams[0]!.end(gone)
    expect({ failure: store.failure, comparison: store.comparison }).toEqual({
      failure: gone,
      comparison: null,
    })
  })

  it('leave the list when they are deleted', async () => {
    const { calls } = attachHost({ 'compare.list': [ENTRY], 'compare.delete': null })
    const store = useComparisonsStore()
    await store.load()
    await store.remove(ID)
    expect({ entries: store.entries, last: calls.at(-1) }).toEqual({
      entries: [],
      last: { name: 'compare.delete', input: { comparisonId: ID } },
    })
  })
})

describe('a comparison before it is started', () => {
  it('starts with the points as they are, and its seed', async () => {
    const { calls } = attachHost({ 'job.decide': { processes: 4 }, 'compare.start': { comparisonId: ID } })
    const draft = useComparisonDraftStore()
    draft.takeKernel()
    await settled()
    draft.removePoint(0)
    draft.change(0, { threads: 2 })
    draft.repeats = 3
    const { seed } = draft
    expect(draft.runCount).toBe(8)
    expect(draft.commandLine()).toBe(
      `interleave compare cpu --models threads:1x2x1,processes --repeats 3 --seed ${seed}`,
    )
    expect(await draft.start()).toBe(ID)
    const { plan } = calls.at(-1)!.input as { plan: Comparison['plan'] }
    expect({ ...plan, job: plan.job.kind, points: plan.points.map(({ name }) => name) }).toEqual({
      job: 'cpu',
      points: ['threads:1x2x1', 'processes'],
      repeats: 3,
      warmUps: 1,
      seed,
    })
  })

  it('stays as it is when it was refused, and says why', async () => {
    const refused = new JobError('E_LOCKED', 'another is being made')
    attachHost({ 'job.decide': { processes: 4 }, 'compare.start': refused })
    const draft = useComparisonDraftStore()
    draft.takeKernel()
    await settled()
    expect({ started: await draft.start(), problem: draft.problem, isOpen: draft.isOpen }).toEqual({
      started: null,
      problem: refused,
      isOpen: true,
    })
  })

  it('has no plan without points, or with one twice', async () => {
    attachHost({ 'job.decide': { processes: 4 } })
    const draft = useComparisonDraftStore()
    await settled()
    draft.add('threads')
    expect({ plan: draft.plan, isTwice: draft.read?.at(-1)?.problem?.is }).toEqual({
      plan: null,
      isTwice: 'twice',
    })
    for (const _ of [0, 1, 2, 3]) draft.removePoint(0)
    expect({ plan: draft.plan, line: draft.commandLine() }).toEqual({ plan: null, line: null })
  })
})
