import { describe, expect, it, vi } from 'vitest'
import { Feed, type FedBatch } from '../../../../engine/source/feed.ts'
import { UrlSet } from '../../../../engine/source/url-set.ts'

function makeFeed(seen: UrlSet | null = null): { feed: Feed; sizes: number[]; batches: FedBatch[] } {
  const batches: FedBatch[] = []
  const sizes: number[] = []
  const feed = new Feed(batch => {
    batches.push(batch)
    sizes.push(batch.count)
  }, seen)
  return { feed, sizes, batches }
}

const addAll = async (feed: Feed, count: number): Promise<void> => {
  for (let at = 0; at < count; at += 1) await feed.add(`http://h/${at}`, at + 1, null)
}

describe('Feed', () => {
  it('hands on at most 128 records a batch, with the index of the first', async () => {
    const { feed, sizes, batches } = makeFeed()
    feed.credit(1_000)
    await addAll(feed, 300)
    feed.flush()
    expect({ sizes, first: batches.map(({ firstIndex }) => firstIndex), next: feed.nextIndex }).toEqual({
      sizes: [128, 128, 44],
      first: [0, 128, 256],
      next: 300,
    })
  })

  it('never hands on more records than there are credits for', async () => {
    const { feed, sizes } = makeFeed()
    feed.credit(5)
    let isDone = false
    const adding = addAll(feed, 12).then(() => (isDone = true))
    await vi.waitFor(() => expect(sizes).toEqual([5]))
    feed.credit(6)
    await vi.waitFor(() => expect(sizes).toEqual([5, 6]))
    expect(isDone).toBe(false)
    feed.credit(1)
    await adding
    expect(sizes).toEqual([5, 6, 1])
  })

  it('closes a batch that has become large', async () => {
    const { feed, sizes } = makeFeed()
    feed.credit(1_000)
    for (let at = 0; at < 16; at += 1) await feed.add('x'.repeat(8_192), 1, null)
    expect(sizes).toEqual([8, 8])
  })

  it('hands on a batch that stays incomplete', async () => {
    vi.useFakeTimers()
    try {
      const { feed, sizes } = makeFeed()
      feed.credit(10)
      await addAll(feed, 3)
      expect(sizes).toEqual([])
      await vi.advanceTimersByTimeAsync(20)
      expect(sizes).toEqual([3])
    } finally {
      vi.useRealTimers()
    }
  })

  it('ends the wait for credits when it is stopped', async () => {
    const { feed } = makeFeed()
    const adding = feed.add('http://a/', 1, null)
    feed.stop()
    await expect(adding).rejects.toMatchObject({ code: 'E_CANCELLED' })
    await expect(feed.add('http://a/', 1, null)).rejects.toMatchObject({ code: 'E_CANCELLED' })
  })

  it('marks what repeats an earlier URL, and counts it', async () => {
    const { feed, batches } = makeFeed(new UrlSet())
    feed.credit(10)
    for (const url of ['http://a/', 'http://A/#x', 'nonsense', 'nonsense']) await feed.add(url, 1, null)
    feed.flush()
    expect([feed.nextIndex, batches.length]).toEqual([4, 1])
    expect(
      Buffer.from(batches[0]?.payload ?? [])
        .toString('latin1')
        .match(/repeats an earlier URL/g),
    ).toHaveLength(1)
  })
})
