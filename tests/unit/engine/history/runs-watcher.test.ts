import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RunsWatcher } from '../../../../engine/history/runs-watcher.ts'
import type { ListChanges, ListMark } from '../../../../engine/records/protocol.ts'
import type { RunsChange, StreamPort } from '../../../../shared/contract/contract.ts'
import { JobError } from '../../../../shared/model/error.ts'
import type { RunEntry } from '../../../../shared/model/run.ts'

const entry = (runId: string, title = ''): RunEntry => ({ runId, startedAt: runId, title }) as RunEntry

/** One view's end of the stream. */
function makePort() {
  const pushed: (string[] | { readonly gone: readonly string[] })[] = []
  const listeners: (() => void)[] = []
  const port = {
    push: ({ entries, gone }: RunsChange) => {
      pushed.push(entries.map(({ runId, title }) => runId + title))
      if (gone.length > 0) pushed.push({ gone })
    },
    end: () => close(),
    fail: (error: unknown) => {
      port.failure = error
      close()
    },
    isClosed: false,
    failure: null as unknown,
    onClosed: (listener: () => void) => void listeners.push(listener),
  }
  const close = (): void => {
    port.isClosed = true
    for (const listener of listeners.splice(0)) listener()
  }
  return { port: port as StreamPort<RunsChange> & { failure: unknown }, pushed, close }
}

const LIST = 'list-1'

function watcher() {
  let next: Omit<ListChanges, 'mark'> = { isWhole: true, entries: [entry('a')], gone: [] }
  let version = 0
  const ask = vi.fn<(since: ListMark | null) => Promise<ListChanges>>(async () => {
    version += 1
    const changes = { ...next, mark: { list: LIST, version } }
    next = { isWhole: false, entries: [], gone: [] }
    return changes
  })
  const comes = (changes: Partial<ListChanges>): void => {
    next = { ...next, isWhole: false, entries: [], ...changes }
  }
  return { watched: new RunsWatcher(ask), ask, comes }
}

const second = () => vi.advanceTimersByTimeAsync(1_000)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('RunsWatcher', () => {
  it('tells the list once, then each second what changed, if anything did', async () => {
    const { watched, ask, comes } = watcher()
    const { port, pushed } = makePort()
    watched.add(port)
    await vi.advanceTimersByTimeAsync(0)
    expect(pushed).toEqual([['a']])
    await second()
    expect([pushed.length, ask.mock.calls]).toEqual([1, [[null], [{ list: LIST, version: 1 }]]])
    comes({ entries: [entry('b')], gone: ['a'] })
    await second()
    expect(pushed.slice(1)).toEqual([['b'], { gone: ['a'] }])
  })

  it('tells an empty list too, so that a view knows there is none', async () => {
    const { watched, comes } = watcher()
    comes({ isWhole: true, entries: [] })
    const { port, pushed } = makePort()
    watched.add(port)
    await vi.advanceTimersByTimeAsync(0)
    expect(pushed).toEqual([[]])
  })

  it('looks once a second for all views together, and gives a later one the list it has', async () => {
    const { watched, ask, comes } = watcher()
    const first = makePort()
    watched.add(first.port)
    await vi.advanceTimersByTimeAsync(0)
    comes({ entries: [entry('b')] })
    await second()
    const later = makePort()
    watched.add(later.port)
    expect(later.pushed).toEqual([['b', 'a']])
    comes({ entries: [entry('a', '!')] })
    await second()
    expect([first.pushed.at(-1), later.pushed.at(-1)]).toEqual([['a!'], ['a!']])
    expect(ask).toHaveBeenCalledTimes(3)
  })

  it('does not look while nobody wants to know, and tells all of the change to whoever comes then', async () => {
    const { watched, ask, comes } = watcher()
    const first = makePort()
    watched.add(first.port)
    await vi.advanceTimersByTimeAsync(0)
    first.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ask).toHaveBeenCalledOnce()
    comes({ entries: [entry('b')], gone: ['a'] })
    const later = makePort()
    watched.add(later.port)
    await vi.advanceTimersByTimeAsync(0)
    expect(later.pushed).toEqual([['b']])
  })

  it('forgets what another list does not have', async () => {
    const { watched, comes } = watcher()
    const { port, pushed } = makePort()
    watched.add(port)
    await vi.advanceTimersByTimeAsync(0)
    comes({ isWhole: true, entries: [entry('c')] })
    await second()
    expect(pushed.slice(1)).toEqual([['c'], { gone: ['a'] }])
  })

  it('fails its views when it cannot look, and looks again for those that come back', async () => {
    const { watched, ask } = watcher()
    ask.mockRejectedValueOnce(new JobError('E_SRC_IO', 'no permission'))
    const first = makePort()
    watched.add(first.port)
    await vi.advanceTimersByTimeAsync(0)
    expect(first.port.failure).toMatchObject({ code: 'E_SRC_IO' })
    const later = makePort()
    watched.add(later.port)
    await vi.advanceTimersByTimeAsync(0)
    expect(later.pushed).toEqual([['a']])
  })

  it('ends with the engine', async () => {
    const { watched, ask } = watcher()
    const { port } = makePort()
    watched.add(port)
    await vi.advanceTimersByTimeAsync(0)
    watched.close()
    await vi.advanceTimersByTimeAsync(10_000)
    expect([port.isClosed, ask.mock.calls.length]).toEqual([true, 1])
  })
})
