import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createToasts } from '../../../../renderer/components/useToasts.ts'

describe('toasts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const make = (): ReturnType<typeof createToasts> & { titles: () => string[] } => {
    const made = createToasts(() => Date.now())
    return { ...made, titles: () => made.toasts.value.map(({ title }) => title) }
  }

  it('go after a while, those with an action later, failures only when they are closed', () => {
    const { push, titles, close, toasts } = make()
    push({ tone: 'ok', title: 'saved' })
    push({ tone: 'ok', title: 'deleted', action: { label: 'Undo', run: () => undefined } })
    push({ tone: 'failed', title: 'lost' })
    vi.advanceTimersByTime(6_000)
    expect(titles()).toEqual(['deleted', 'lost'])
    vi.advanceTimersByTime(60_000)
    expect(titles()).toEqual(['lost'])
    close(toasts.value[0]!.id)
    expect(titles()).toEqual([])
  })

  it('wait while somebody reads, and then have the rest of their time', () => {
    const { push, titles, hold, release } = make()
    push({ tone: 'ok', title: 'saved', lastsMs: 1_000 })
    vi.advanceTimersByTime(600)
    hold()
    push({ tone: 'ok', title: 'read too', lastsMs: 1_000 })
    vi.advanceTimersByTime(60_000)
    expect(titles()).toEqual(['saved', 'read too'])
    release()
    vi.advanceTimersByTime(400)
    expect(titles()).toEqual(['read too'])
    vi.advanceTimersByTime(600)
    expect(titles()).toEqual([])
  })

  it('are four at most: the oldest gives way', () => {
    const { push, titles } = make()
    for (const title of ['1', '2', '3', '4', '5']) push({ tone: 'failed', title })
    expect(titles()).toEqual(['2', '3', '4', '5'])
  })
})
