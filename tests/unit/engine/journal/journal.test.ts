import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { COUNTER } from '../../../../shared/model/counters.ts'
import { Journal } from '../../../../engine/journal/journal.ts'
import { openedRun } from '../../../../engine/journal/opened-run.ts'
import { readJournal } from '../../../../engine/journal/journal-state.ts'
import { runPaths, segmentPath, type RunPaths } from '../../../../engine/journal/run-paths.ts'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { SETTLED_PAGE_BYTES, type OpenedRun } from '../../../../engine/records/protocol.ts'
import { withFlippedBit } from '../../../support/records/flip.ts'
import { FakeWorker, commitOf, createRun, range, runOptions } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const nowMs = () => 0
const corrupt = expect.objectContaining({ code: 'E_JOURNAL_CORRUPT' })

function create(): { paths: RunPaths; journal: Journal } {
  const paths = runPaths(temporaryDirectory(), 'run-1')
  const journal = Journal.create(paths, createRun(), nowMs)
  onTestFinished(() => journal.close())
  return { paths, journal }
}

function reopen(paths: RunPaths): OpenedRun {
  const { journal, state } = Journal.open(paths, { runId: 'run-1', options: null, parallelism: null }, nowMs)
  journal.close()
  return openedRun(paths, state)
}

/** A finished journal with settled tasks and one segment. */
async function written(): Promise<RunPaths> {
  const { paths, journal } = create()
  await using worker = await FakeWorker.start(paths.directory, 1)
  journal.commit(await worker.settle(range(0, 500)))
  journal.close()
  return paths
}

const contentsOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(directory, name)).isFile())
    .sort()
    .map(
      name =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(directory, name)))
          .digest('hex')}`,
    )

describe('Journal', () => {
  it('gives back what was committed, with a higher epoch at each opening', async () => {
    const { paths, journal } = create()
    await using worker = await FakeWorker.start(paths.directory, 1)
    const commit = {
      ...(await worker.settle([0, 2, 70_000])),
      total: 100_000,
      suspects: [{ index: 5, deaths: 1 }],
      errors: [{ code: 'E_DNS' as const, count: 2, sample: 'no such host' }],
      fingerprints: [null, { sizeBytes: 1, modifiedMs: 2, inode: 3, sampleHash: 'ab' }],
    }
    journal.commit(commit)
    journal.close()

    expect(reopen(paths).epoch).toBe(2)
    const opened = reopen(paths)
    const { job, options, parallelism } = createRun()
    expect(opened).toMatchObject({ runId: 'run-1', epoch: 3, state: 'running', job, options, parallelism })
    expect(opened).toMatchObject({
      total: 100_000,
      elapsedMs: 1_000,
      cpuSec: 0.5,
      nextSegment: 2,
      summary: null,
    })
    expect(opened).toMatchObject({
      suspects: commit.suspects,
      errors: commit.errors,
      fingerprints: commit.fingerprints,
    })
    expect(opened.counters).toEqual(commit.counters)
    expect(opened.histograms).toEqual(commit.histograms)
    expect(opened.settled).toHaveLength(2 * SETTLED_PAGE_BYTES)
    const settled = SettledBitmap.fromBytes(opened.settled)
    expect([settled.count, settled.has(0), settled.has(2), settled.has(70_000)]).toEqual([
      3,
      true,
      true,
      true,
    ])
  })

  it('keeps a page in which every task is settled without its bits', () => {
    const { paths, journal } = create()
    const settled = SettledBitmap.fromBytes(new Uint8Array(0))
    for (const index of range(0, SETTLED_PAGE_BYTES * 8)) settled.set(index)
    journal.commit(commitOf(settled, []))
    journal.close()
    using database = new DatabaseSync(paths.journal, { readOnly: true })
    expect(database.prepare('SELECT page, bits FROM settled').all()).toEqual([{ page: 0, bits: null }])
    expect(SettledBitmap.fromBytes(reopen(paths).settled).count).toBe(SETTLED_PAGE_BYTES * 8)
  })

  it('replaces what a run was given when it is given anew', async () => {
    const paths = await written()
    const options = runOptions({ out: ['/elsewhere.jsonl'] })
    Journal.open(paths, { runId: 'run-1', options, parallelism: null }, nowMs).journal.close()
    expect(reopen(paths).options).toEqual(options)
  })

  it('keeps how a run was tuned last, and goes on with it', async () => {
    const { paths, journal } = create()
    await using worker = await FakeWorker.start(paths.directory, 1)
    const commit = await worker.settle([0])
    const tuned = { processes: 3, threads: 1, inFlight: 9, ratePerSec: 2.5, perHost: null }
    journal.commit({ ...commit, steering: tuned })
    journal.commit(commitOf(SettledBitmap.fromBytes(new Uint8Array(0)), []))
    journal.close()

    expect(reopen(paths)).toMatchObject({
      parallelism: { ...createRun().parallelism, processes: 3, threads: 1, inFlight: 9 },
      bounds: { ratePerSec: 2.5, perHost: null },
    })
    const anew = { ...createRun().parallelism, inFlight: 5 }
    Journal.open(paths, { runId: 'run-1', options: null, parallelism: anew }, nowMs).journal.close()
    expect(reopen(paths)).toMatchObject({ parallelism: anew, bounds: { ratePerSec: 2.5 } })
  })

  it('is private to its user', () => {
    const { paths } = create()
    const modes = [paths.directory, paths.segments].map(path => statSync(path).mode & 0o777)
    expect(modes).toEqual([0o700, 0o700])
  })

  it('cuts what was not committed and never reuses a segment number', async () => {
    const { paths, journal } = create()
    await using first = await FakeWorker.start(paths.directory, 1)
    const commit = await first.settle([1, 2, 3])
    journal.commit(commit)
    await first.settleUncommitted([4, 5])
    await using second = await FakeWorker.start(paths.directory, 2)
    await second.settleUncommitted([6])
    journal.close()

    expect(reopen(paths).nextSegment).toBe(3)
    expect(statSync(segmentPath(paths, 1)).size).toBe(commit.segments[0]!.bytes)
    expect(readdirSync(paths.segments).sort()).toEqual(['000001.seg', '000001.seg.torn', '000002.seg.torn'])
  })

  it('forgets the summary of a stop when the run goes on, and keeps that of a run that is done', async () => {
    const paths = await written()
    const end = (state: 'stopped' | 'done') => {
      const { journal } = Journal.open(paths, { runId: 'run-1', options: null, parallelism: null }, nowMs)
      journal.saveEnding(state, { runId: 'run-1', state } as never)
      journal.close()
    }
    end('stopped')
    expect(reopen(paths)).toMatchObject({ state: 'stopped', summary: null })
    end('done')
    const before = contentsOf(paths.segments)
    expect(reopen(paths)).toMatchObject({ state: 'done', summary: { state: 'done' } })
    expect(contentsOf(paths.segments)).toEqual(before)
  })

  it('refuses a second run of the same name', () => {
    const { paths } = create()
    expect(() => Journal.create(paths, createRun(), nowMs)).toThrow(
      expect.objectContaining({ code: 'E_LOCKED' }),
    )
  })

  it('says that a run does not exist', () => {
    expect(() => reopen(runPaths(temporaryDirectory(), 'absent'))).toThrow(
      expect.objectContaining({ code: 'E_NOT_FOUND' }),
    )
  })
})

describe('a journal that cannot be trusted', () => {
  it('is left untouched to the byte when a later version wrote it', async () => {
    const paths = await written()
    const database = new DatabaseSync(paths.journal)
    database.exec('PRAGMA user_version = 2')
    database.close()
    const before = contentsOf(paths.directory)
    expect(() => reopen(paths)).toThrow(expect.objectContaining({ code: 'E_VERSION' }))
    expect(contentsOf(paths.directory)).toEqual(before)
  })

  it('is refused when a committed segment is missing or too short, before anything is cut', async () => {
    const paths = await written()
    const path = segmentPath(paths, 1)
    const whole = readFileSync(path)
    writeFileSync(path, whole.subarray(0, -1))
    expect(() => reopen(paths)).toThrow(corrupt)
    expect(statSync(path).size).toBe(whole.length - 1)
  })

  it.each([
    ['a row that was changed', 'UPDATE segment SET bytes = bytes - 1'],
    ['a row that is gone', 'DELETE FROM settled'],
    [
      'a document that is another',
      `UPDATE document SET body = replace(body, '"running"', '"done"') WHERE name = 'progress'`,
    ],
    ['a document of another kind', `UPDATE document SET body = CAST(body AS BLOB) WHERE name = 'run'`],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON segment BEGIN DELETE FROM settled; END'],
  ])('is refused for %s', async (_, statement) => {
    const paths = await written()
    const database = new DatabaseSync(paths.journal)
    database.exec(statement)
    database.close()
    expect(() => reopen(paths)).toThrow(corrupt)
  })

  it('is never believed with a flipped bit, and never crashes the reader', async () => {
    const paths = await written()
    const { size } = statSync(paths.journal)
    const truth = readJournal(paths)
    let refused = 0
    const look = () => {
      try {
        // Bits that hold nothing may differ; what is read must not.
        expect(readJournal(paths)).toEqual(truth)
      } catch (error) {
        if ((error as { code?: string }).code === undefined) throw error
        expect((error as { code: string }).code).toMatch(/^E_(JOURNAL_CORRUPT|VERSION|NOT_FOUND)$/)
        refused += 1
      }
    }
    fc.assert(
      fc.property(fc.nat({ max: size * 8 - 1 }), bit => withFlippedBit(paths.journal, bit, look)),
      { numRuns: 250 },
    )
    expect(refused).toBeGreaterThan(0)
  })

  it('is never believed when it is cut anywhere', async () => {
    const paths = await written()
    const whole = readFileSync(paths.journal)
    const truth = readJournal(paths).settled
    fc.assert(
      fc.property(fc.integer({ min: 1, max: whole.length - 1 }), length => {
        writeFileSync(paths.journal, whole.subarray(0, length))
        try {
          // What was cut off may have been zeros, which SQLite reads all the same.
          expect(reopen(paths).settled).toEqual(truth)
          expect(reopen(paths).settled).toEqual(truth)
        } catch (error) {
          if ((error as { code?: string }).code !== 'E_JOURNAL_CORRUPT') throw error
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('counters in a journal', () => {
  it('agree with its settled tasks after every commit', async () => {
    const { paths, journal } = create()
    await using worker = await FakeWorker.start(paths.directory, 1)
    for (const first of [0, 100, 200]) {
      journal.commit(await worker.settle(range(first, first + 100)))
      const { counters, settled } = readJournal(paths)
      expect(counters[COUNTER.ok]).toBe(SettledBitmap.fromBytes(settled).count)
    }
  })
})
