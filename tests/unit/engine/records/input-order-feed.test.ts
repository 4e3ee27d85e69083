import { mkdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CRAWL_LAYOUT } from '../../../../shared/model/record-layout.ts'
import { runPaths, segmentPath, type RunPaths } from '../../../../engine/journal/run-paths.ts'
import type { OutputPosition } from '../../../../engine/journal/journal-codec.ts'
import { SegmentWriter } from '../../../../engine/journal/segment-writer.ts'
import { InputOrderFeed } from '../../../../engine/records/input-order-feed.ts'
import { CompletionFeed, type RecordFeed } from '../../../../engine/records/record-feed.ts'
import { SegmentPool } from '../../../../engine/records/segment-pool.ts'
import { crawlRecord, range } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const START: OutputPosition = { segments: [], nextIndex: null }

interface Commit {
  readonly segment: number
  readonly bytes: number
}

/** Writes frames of indexes to segments, in the order given, and says how each frame is committed. */
async function writeFrames(
  paths: RunPaths,
  frames: readonly { readonly segment: number; readonly indexes: readonly number[] }[],
): Promise<Commit[]> {
  mkdirSync(paths.segments, { recursive: true })
  const writers = new Map<number, SegmentWriter>()
  const commits: Commit[] = []
  for (const { segment, indexes } of frames) {
    const target = {
      path: segmentPath(paths, segment),
      layout: CRAWL_LAYOUT,
      runId: 'run-1',
      segmentId: segment,
    }
    const writer = writers.get(segment) ?? (await SegmentWriter.open(target))
    writers.set(segment, writer)
    for (const index of indexes) {
      const { numbers, strings } = crawlRecord(index)
      writer.append(numbers, strings)
    }
    commits.push({ segment, bytes: await writer.sync() })
  }
  for (const writer of writers.values()) await writer.close()
  return commits
}

const readAll = (feed: RecordFeed): void => {
  while (feed.step());
}

/** A shuffle of `0..count-1`, cut into frames over a few segments. */
const anyFrames = fc
  .record({ count: fc.integer({ min: 1, max: 300 }), seed: fc.infiniteStream(fc.nat({ max: 1_000_000 })) })
  .map(({ count, seed }) => {
    const next = (bound: number): number => (seed.next().value as number) % bound
    const indexes = range(0, count)
    for (let at = count - 1; at > 0; at -= 1) {
      const other = next(at + 1)
      ;[indexes[at], indexes[other]] = [indexes[other]!, indexes[at]!]
    }
    const frames: { segment: number; indexes: number[] }[] = []
    for (let at = 0; at < count;) {
      const length = 1 + next(20)
      frames.push({ segment: 1 + next(4), indexes: indexes.slice(at, at + length) })
      at += length
    }
    return { count, frames, stops: frames.map(() => next(3)) }
  })

describe.each([
  ['InputOrderFeed', InputOrderFeed],
  ['CompletionFeed', CompletionFeed],
])('%s', (name, Feed) => {
  it('hands over each record exactly once, however often it starts again', async () => {
    await fc.assert(
      fc.asyncProperty(anyFrames, async ({ count, frames, stops }) => {
        const paths = runPaths(temporaryDirectory(), 'run-1')
        const commits = await writeFrames(paths, frames)
        const taken: number[] = []
        let pool = new SegmentPool(paths, new Map())
        let feed: RecordFeed = new Feed(pool, START, row => taken.push(row.number(0)))
        for (const [at, { segment, bytes }] of commits.entries()) {
          pool.commit(segment, bytes)
          if (stops[at] === 0) feed.step()
          else readAll(feed)
          if (stops[at] !== 2) continue
          const { position } = feed
          pool[Symbol.dispose]()
          const committed = new Map(commits.slice(0, at + 1).map(commit => [commit.segment, commit.bytes]))
          pool = new SegmentPool(paths, committed)
          feed = new Feed(pool, position, row => taken.push(row.number(0)))
        }
        readAll(feed)
        pool[Symbol.dispose]()
        expect(name === 'InputOrderFeed' ? taken : taken.sort((a, b) => a - b)).toEqual(range(0, count))
      }),
      { numRuns: 10 },
    )
  })
})

describe('InputOrderFeed', () => {
  it('holds back what is ahead of its turn, thousands of records far', async () => {
    const paths = runPaths(temporaryDirectory(), 'run-1')
    const commits = await writeFrames(paths, [
      { segment: 1, indexes: range(10_000, 20_000) },
      { segment: 2, indexes: range(0, 10_000) },
    ])
    const taken: number[] = []
    using pool = new SegmentPool(paths, new Map())
    const feed = new InputOrderFeed(pool, START, row => taken.push(row.number(0)))
    pool.commit(1, commits[0]!.bytes)
    readAll(feed)
    expect([taken, feed.position.nextIndex]).toEqual([[], 0])
    pool.commit(2, commits[1]!.bytes)
    readAll(feed)
    expect(taken).toEqual(range(0, 20_000))
  })

  it('gives up waiting for what never comes when told that nothing follows', async () => {
    const paths = runPaths(temporaryDirectory(), 'run-1')
    const [commit] = await writeFrames(paths, [{ segment: 1, indexes: [7, 3, 0] }])
    const taken: number[] = []
    using pool = new SegmentPool(paths, new Map([[1, commit!.bytes]]))
    const feed = new InputOrderFeed(pool, START, row => taken.push(row.number(0)))
    readAll(feed)
    expect(taken).toEqual([0])
    feed.flushHeld()
    expect(taken).toEqual([0, 3, 7])
  })

  it('is continued in order of completion without a record twice', async () => {
    const paths = runPaths(temporaryDirectory(), 'run-1')
    const commits = await writeFrames(paths, [
      { segment: 1, indexes: [0, 2] },
      { segment: 1, indexes: [4, 1] },
    ])
    const taken: number[] = []
    using pool = new SegmentPool(paths, new Map([[1, commits[0]!.bytes]]))
    const ordered = new InputOrderFeed(pool, START, row => taken.push(row.number(0)))
    readAll(ordered)
    pool.commit(1, commits[1]!.bytes)
    readAll(new CompletionFeed(pool, ordered.position, row => taken.push(row.number(0))))
    expect(taken).toEqual([0, 2, 4, 1])
  })
})
