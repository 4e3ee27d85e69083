import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import type { HostBridge } from '../../../../renderer/client/host-bridge.ts'
import { useComposeStore } from '../../../../renderer/stores/compose.ts'
import { useHostStore } from '../../../../renderer/stores/host.ts'
import { JobError } from '../../../../shared/model/error.ts'
import type { InputReport } from '../../../../shared/model/input-report.ts'
import type { JobSpec } from '../../../../shared/model/job.ts'
import { parseJob } from '../../../../shared/model/job-schema.ts'
import { decideParallelism } from '../../../../shared/model/parallelism.ts'
import { NO_OPTIONS } from '../../../../renderer/stores/compose/results-form.ts'

const DATA_DIR = '/home/me/.local/share/interleave'

const reportOf = (input: string): InputReport => ({
  input,
  is: input.endsWith('.csv') ? 'records' : input.includes('missing') ? 'unreadable' : 'list',
  suits: input.endsWith('.csv') ? ['load'] : input.includes('missing') ? [] : ['crawl', 'load'],
  format: 'lines',
  packing: null,
  encoding: 'utf-8',
  evidence: '',
  bytes: 10,
  tasks: { count: 3, isEstimate: false },
  fields: null,
  urlField: null,
  first: [],
  files: [],
  failure: null,
})

/** A host that answers at once; `calls` are those that start something. */
function makeHost(start: () => Promise<{ runId: string }> = async () => ({ runId: 'r-1' })) {
  const calls: { name: string; input: unknown }[] = []
  const answers: Record<string, (input: never) => unknown> = {
    'job.decide': ({ job }: { job: JobSpec }) => decideParallelism(job.parallelism, job.kind, 4),
    'host.inspect': () => ({
      dataDir: { path: DATA_DIR },
      descriptorLimit: 1_024,
      memory: { totalBytes: 8e9, limitBytes: null },
    }),
    'input.inspect': ({ inputs }: { inputs: string[] }) => inputs.map(reportOf),
    'crawl.preview': () => ({ requests: [] }),
    'load.preview': () => ({ inputs: [], commands: [] }),
    'run.start': (input: unknown) => {
      calls.push({ name: 'run.start', input })
      return start()
    },
  }
  const client = { call: async (name: string, input: unknown) => answers[name]!(input as never) }
  const bridge = {
    client,
    connection: 'open',
    onConnection: () => () => undefined,
    importFiles: vi.fn(async (files: readonly File[]) =>
      files.map(file => `${DATA_DIR}/uploads/1/${file.name}`),
    ),
    saveText: vi.fn(async () => undefined),
  }
  useHostStore().attach(bridge as unknown as HostBridge)
  return { calls, bridge, answers }
}

const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(1_000)
  await nextTick()
}

beforeEach(() => {
  vi.useFakeTimers()
  const kept = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }))
  setActivePinia(createPinia())
})
afterEach(() => vi.useRealTimers())

describe('a run that is composed', () => {
  it('takes the kind of job that its first input suits, until the person chooses', async () => {
    makeHost()
    const store = useComposeStore()
    await store.addText('/in/people.csv')
    await settle()
    expect({ kind: store.kind, blocker: store.blocker }).toEqual({ kind: 'load', blocker: null })
    store.setKind('crawl')
    await store.addText('/in/more.csv')
    await settle()
    expect(store.kind).toBe('crawl')
  })

  it('starts once, however often it is asked to', async () => {
    const gate = Promise.withResolvers<{ runId: string }>()
    const { calls } = makeHost(() => gate.promise)
    const store = useComposeStore()
    await store.addText('https://example.org/')
    await settle()
    const starts = [store.start(), store.start()]
    gate.resolve({ runId: 'r-1' })
    expect(await Promise.all(starts)).toEqual(['r-1', null])
    expect(calls).toHaveLength(1)
  })

  it('gives a load its destination, a file for rejects, and the password apart', async () => {
    vi.setSystemTime(new Date(2026, 10, 22, 13, 5, 9))
    const { calls } = makeHost()
    const store = useComposeStore()
    await store.addText('/in/people.csv')
    store.set('work', 'to', 'redis://me@localhost/1')
    store.redisPassword = 'secret'
    await settle()
    await store.start()
    expect(calls[0]?.input).toMatchObject({
      job: { inputs: ['/in/people.csv'], load: { to: 'redis://me@localhost/1' } },
      options: { rejects: expect.stringMatching(/^\/in\/people\.csv\.20261122-.*\.rejects\.jsonl$/) },
      secrets: { redisPassword: 'secret', headers: [] },
    })
  })

  it('says why it cannot start', async () => {
    makeHost(async () => {
      throw new JobError('E_CONFIG', 'the file exists')
    })
    const store = useComposeStore()
    expect(store.blocker).toBe('inputs')
    await store.addText('/in/missing.txt')
    expect(store.blocker).toBe('refused')
    store.removeAll()
    await store.addText('https://example.org/')
    store.set('work', 'timeoutMs', 'soon')
    expect({ blocker: store.blocker, job: store.job }).toEqual({ blocker: 'problems', job: null })
    store.set('work', 'timeoutMs', undefined)
    await settle()
    expect(await store.start()).toBeNull()
    expect(store.problem).toMatchObject({ code: 'E_CONFIG' })
  })

  it('is no run when its workers are more than a run may have', async () => {
    makeHost()
    const store = useComposeStore()
    store.setKind('cpu')
    store.set('parallelism', 'model', 'hybrid')
    store.set('parallelism', 'processes', 100)
    store.set('parallelism', 'threads', 100)
    await settle()
    expect(store.blocker).toBe('problems')
  })

  it('predicts what it takes, and warns of what the machine lacks', async () => {
    makeHost()
    const store = useComposeStore()
    await store.addText('https://example.org/')
    store.set('parallelism', 'inFlight', 2_000)
    await settle()
    expect(store.prediction?.sockets).toBe(2_000)
    expect(store.shortages.map(({ what }) => what)).toEqual(['descriptors'])
  })

  it('sends files that only the page has, and a job file opens in place of what was there', async () => {
    const { bridge } = makeHost()
    const store = useComposeStore()
    await store.addFiles([new File(['x\n'], 'list.txt')])
    expect(store.places).toEqual([`${DATA_DIR}/uploads/1/list.txt`])
    const text = JSON.stringify({ schema: 'interleave/job@1', kind: 'cpu', cpu: { tasks: 9 } })
    await store.addFiles([new File([text], 'nine.ilv.json')])
    expect({ kind: store.kind, inputs: store.inputs, job: store.job }).toMatchObject({
      kind: 'cpu',
      inputs: [],
      job: { cpu: { tasks: 9 } },
    })
    expect(bridge.importFiles).toHaveBeenCalledTimes(1)
  })

  it('opens a job file whose path is typed, and says so when it is none', async () => {
    const { answers } = makeHost()
    answers['job.read'] = ({ path }: { path: string }) => {
      if (path !== '/in/nine.ilv.json') throw new JobError('E_CONFIG', `${path} is no job file`)
      return { text: JSON.stringify({ schema: 'interleave/job@1', kind: 'cpu', cpu: { tasks: 9 } }) }
    }
    const store = useComposeStore()
    await store.addText('/in/nine.ilv.json')
    expect({ inputs: store.inputs, job: store.job }).toMatchObject({ inputs: [], job: { cpu: { tasks: 9 } } })
    await store.addText('/in/other.ilv.json')
    expect([store.openProblem?.message, store.inputs]).toEqual(['/in/other.ilv.json is no job file', []])
  })

  it('goes on without a file that could not be sent, and says why', async () => {
    const { bridge } = makeHost()
    bridge.importFiles.mockRejectedValueOnce(new JobError('E_LIMIT', 'too large'))
    const store = useComposeStore()
    await store.addFiles([new File(['x'], 'a.txt'), new File(['x'], 'b.txt')])
    expect(store.inputs.map(({ name, state }) => `${name} ${state}`)).toEqual(['a.txt failed', 'b.txt known'])
    expect(store.blocker).toBe('refused')
  })

  it('takes a job of a run, its permissions only when they are given again', async () => {
    makeHost()
    const store = useComposeStore()
    const crawl = { retries: 5, insecure: true }
    const job = parseJob({
      schema: 'interleave/job@1',
      kind: 'crawl',
      inputs: ['https://example.org/'],
      crawl,
    })
    store.openJob(job, { ...NO_OPTIONS, asserts: ['p95<1s'] })
    await settle()
    expect(store.job).toMatchObject({ crawl: { retries: 5, insecure: false } })
    expect(store.results.asserts).toEqual(['p95<1s'])
    store.setKind('load')
    store.answer(store.asked[0]!, true)
    store.setKind('crawl')
    expect(store.job).toEqual(job)
  })

  it('survives a reload of the page', async () => {
    makeHost()
    const before = useComposeStore()
    await before.addText('/in/people.csv')
    before.set('work', 'key', '{hash}')
    await settle()
    setActivePinia(createPinia())
    makeHost()
    const after = useComposeStore()
    await settle()
    expect(after.job).toEqual(before.job)
  })
})
