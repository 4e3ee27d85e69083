import { cpSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Journal } from '../../../../engine/journal/journal.ts'
import { failuresOf } from '../../../../engine/journal/stored-sample.ts'
import { readJournal, readRunHistory } from '../../../../engine/journal/journal-state.ts'
import { runPaths, type RunPaths } from '../../../../engine/journal/run-paths.ts'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import type { NewHistory } from '../../../../engine/records/protocol.ts'
import { failureKindNumber } from '../../../../shared/model/failure-kind.ts'
import type { LogEntry } from '../../../../shared/model/run-history.ts'
import { LOG_ENTRIES } from '../../../../shared/model/run-history.ts'
import type { RunSummary } from '../../../../shared/model/run.ts'
import { SAMPLE, SAMPLE_WIDTH } from '../../../../shared/model/sample.ts'
import { commitOf, createRun } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const fixture = new URL('../../../fixtures/run-v1', import.meta.url)
const REOPEN = { runId: 'run-1', options: null, parallelism: null }

const line = (elapsedMs: number): LogEntry => ({
  elapsedMs,
  event: { type: 'run.state', state: 'running', reason: null },
})

/** Rows at these moments, each with one settled task. */
function samplesAt(...elapsedMs: number[]): Float64Array {
  const samples = new Float64Array(elapsedMs.length * SAMPLE_WIDTH)
  for (const [at, ms] of elapsedMs.entries()) {
    samples[at * SAMPLE_WIDTH + SAMPLE.elapsedMs] = ms
    samples[at * SAMPLE_WIDTH + SAMPLE.settled] = 1
  }
  return samples
}

const nothing: NewHistory = { samples: new Float64Array(), failures: new Float64Array(), log: [] }
const commit = (history: Partial<NewHistory>) => ({
  ...commitOf(new SettledBitmap(), []),
  history: { ...nothing, ...history },
})
const momentsOf = (paths: RunPaths): number[] =>
  readRunHistory(paths).samples.map(row => row[SAMPLE.elapsedMs]!)

function created(): { paths: RunPaths; journal: Journal } {
  const paths = runPaths(temporaryDirectory(), 'run-1')
  return { paths, journal: Journal.create(paths, createRun(), () => 0) }
}

describe('the history in a journal', () => {
  it('grows with the commits, and with the end of the run', () => {
    const { paths, journal } = created()
    using _journal = journal
    expect(readRunHistory(paths)).toMatchObject({ samples: [], log: [], logOmitted: 0 })
    journal.commit(commit({ samples: samplesAt(200, 400), log: [line(1)] }))
    journal.commit(commit({}))
    journal.commit(commit({ samples: samplesAt(600) }))
    journal.saveEnding('stopped', {} as RunSummary, { ...nothing, samples: samplesAt(700), log: [line(2)] })
    expect(momentsOf(paths)).toEqual([200, 400, 600, 700])
    expect(readRunHistory(paths).log).toEqual([line(1), line(2)])
  })

  it('goes on in the next session, which is told what adds up so far', () => {
    const { paths, journal } = created()
    journal.commit(commit({ samples: samplesAt(200, 400), log: [line(1)] }))
    journal.close()
    const { journal: next, state } = Journal.open(paths, REOPEN, () => 0)
    next.commit(commit({ samples: samplesAt(600), log: [line(2)] }))
    next.close()
    expect(state.sampled?.[SAMPLE.settled]).toBe(2)
    expect(momentsOf(paths)).toEqual([200, 400, 600])
    expect(readRunHistory(paths).log).toEqual([line(1), line(2)])
  })

  it('tells what failed by kind, and nothing of rows by a version that did not count that', () => {
    const { paths, journal } = created()
    const [dns, server] = [failureKindNumber('E_DNS'), failureKindNumber('5xx')]
    const failures = Float64Array.of(0, dns, 2, 1, dns, 1, 1, server, 4)
    journal.commit(commit({ samples: samplesAt(200, 400, 600), failures }))
    journal.close()
    const kept = readRunHistory(paths).samples.map(row => [...failuresOf(row)!])
    expect(kept).toEqual([
      [[dns, 2]],
      [
        [dns, 1],
        [server, 4],
      ],
      [],
    ])
    expect(readJournal(paths).sampledFailures).toEqual([
      { kind: 'E_DNS', count: 3 },
      { kind: '5xx', count: 4 },
    ])

    const earlier = samplesAt(800).subarray(0, SAMPLE.failureKinds)
    const numbers = new Uint8Array(earlier.buffer, earlier.byteOffset, earlier.byteLength)
    const database = new DatabaseSync(paths.journal)
    const crc = crc32(numbers, crc32(`sample\0${3}\0`))
    database.prepare('INSERT INTO sample VALUES (3, ?, ?)').run(numbers, crc)
    database.close()
    expect(readRunHistory(paths).samples.map(row => failuresOf(row)?.size)).toEqual([1, 2, 0, undefined])
    expect(readJournal(paths).sampledFailures).toBeNull()
  })

  it('keeps the first half of a long log and the last, and counts what is between', () => {
    const { paths, journal } = created()
    using _journal = journal
    const lines = Array.from({ length: LOG_ENTRIES + 700 }, (_, at) => line(at))
    for (let at = 0; at < lines.length; at += 450) journal.commit(commit({ log: lines.slice(at, at + 450) }))
    const { log, logOmitted } = readRunHistory(paths)
    expect(logOmitted).toBe(700)
    expect(log.map(({ elapsedMs }) => elapsedMs)).toEqual([
      ...Array.from({ length: LOG_ENTRIES / 2 }, (_, at) => at),
      ...Array.from({ length: LOG_ENTRIES / 2 }, (_, at) => LOG_ENTRIES / 2 + 700 + at),
    ])
  })

  it('is written once by a commit that is tried again', () => {
    const { paths, journal } = created()
    using _journal = journal
    const torn = { ...commit({ samples: samplesAt(200) }), suspects: [{ index: 1n, deaths: 1 }] as never }
    expect(() => journal.commit(torn)).toThrow()
    journal.commit(commit({ samples: samplesAt(200) }))
    expect(momentsOf(paths)).toEqual([200])
  })

  it('is empty for a run of a version without one, which opens and grows one', () => {
    const paths = runPaths(temporaryDirectory(), 'run-1')
    cpSync(fixture, paths.directory, { recursive: true })
    expect(readRunHistory(paths)).toMatchObject({ samples: [], log: [], logOmitted: 0 })
    expect(readJournal(paths).sampled).toBeNull()
    const { journal } = Journal.open(paths, REOPEN, () => 0)
    journal.commit(commit({ samples: samplesAt(200), log: [line(1)] }))
    journal.close()
    expect(momentsOf(paths)).toEqual([200])
    expect(readJournal(paths).settled.length).toBeGreaterThan(0)
  })

  it('leaves a run that is done untouched when it is only looked at', () => {
    const { paths, journal } = created()
    journal.saveEnding('done', {} as RunSummary)
    journal.close()
    const before = readFileSync(paths.journal)
    readRunHistory(paths)
    expect(readFileSync(paths.journal).equals(before)).toBe(true)
  })

  it('leaves out what is damaged, and keeps nobody from going on with the run', () => {
    const { paths, journal } = created()
    journal.commit(commit({ samples: samplesAt(200, 400, 600), log: [line(1), line(2)] }))
    journal.close()
    const database = new DatabaseSync(paths.journal)
    database.exec('UPDATE sample SET crc = crc + 1 WHERE at = 1')
    database.exec("UPDATE log SET entry = '{' WHERE at = 0")
    database.close()
    expect(momentsOf(paths)).toEqual([200, 600])
    expect(readRunHistory(paths).log).toEqual([line(2)])
    Journal.open(paths, REOPEN, () => 0).journal.close()
  })
})
