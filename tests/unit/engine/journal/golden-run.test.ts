import { cpSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COUNTER } from '../../../../shared/model/counters.ts'
import { Journal } from '../../../../engine/journal/journal.ts'
import { openedRun } from '../../../../engine/journal/opened-run.ts'
import { runPaths } from '../../../../engine/journal/run-paths.ts'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { CompletionFeed } from '../../../../engine/records/record-feed.ts'
import { SegmentPool } from '../../../../engine/records/segment-pool.ts'
import { range } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const fixture = new URL('../../../fixtures/run-v1', import.meta.url)

describe('a run written by format 1', () => {
  it('is opened with everything it holds, its torn tail cut', () => {
    const paths = runPaths(temporaryDirectory(), 'run-1')
    cpSync(fixture, paths.directory, { recursive: true })
    const { journal, state } = Journal.open(
      paths,
      { runId: 'run-1', options: null, parallelism: null },
      () => 0,
    )
    const opened = openedRun(paths, state)
    journal.close()

    const job = { kind: 'crawl', inputs: ['/lists/pages.txt'] }
    expect(opened).toMatchObject({ runId: 'run-1', epoch: 2, state: 'running', total: 50, job })
    expect(opened).toMatchObject({
      elapsedMs: 1_000,
      nextSegment: 2,
      errors: [{ code: 'E_DNS', count: 1, sample: 'no such host' }],
      suspects: [{ index: 40, deaths: 1 }],
      fingerprints: [{ sizeBytes: 1, modifiedMs: 2, inode: 3, sampleHash: 'ab' }],
    })
    expect(opened.counters[COUNTER.ok]).toBe(30)
    expect(SettledBitmap.fromBytes(opened.settled).nextUnset(0)).toBe(30)

    const indexes: number[] = []
    using pool = new SegmentPool(paths, state.segments)
    const feed = new CompletionFeed(pool, { segments: [], nextIndex: null }, row =>
      indexes.push(row.number(0)),
    )
    while (feed.step());
    expect(indexes).toEqual(range(0, 30))
    expect(readdirSync(paths.segments)).toContain('000001.seg.torn')
  })
})
