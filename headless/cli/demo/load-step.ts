import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'

import type { RunEvent, RunSummary } from '../../../shared/model/run.ts'
import type { Measurement } from './measurement.ts'
import type { DemoStep } from './steps.ts'

/** Lines written at once. */
const CHUNK_LINES = 2_000
const WORDS = [
  'interleave',
  'semaphore',
  'partition',
  'journal',
  'record',
  'batch',
  'position',
  '并发',
  '事件循环',
]

/** @returns A line of about 100 bytes, its number and nothing random, so that what became of it can be told. */
export function demoLine(index: number): string {
  let line = `line ${index}`
  for (let at = 0; line.length < 92; at += 1) line += ` ${WORDS[(index * 7 + at * 5) % WORDS.length]!}`
  return line
}

/** @returns Bytes written. */
export async function writeLines(path: string, count: number): Promise<number> {
  const file = createWriteStream(path)
  for (let first = 0; first < count; first += CHUNK_LINES) {
    const length = Math.min(CHUNK_LINES, count - first)
    const text = Array.from({ length }, (_, at) => `${demoLine(first + at)}\n`).join('')
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
  return file.bytesWritten
}

/** Times a load from its events: a summary counts the start of workers as well. */
export class LoadWatch {
  readonly #nowMs: () => number
  #beganMs = 0
  #endedMs = 0

  /** @param nowMs Milliseconds on any clock that only goes forward. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  take(event: RunEvent): void {
    if (event.type !== 'run.state') return
    if (event.state === 'running' && this.#beganMs === 0) this.#beganMs = this.#nowMs()
    else if (event.state !== 'running' && this.#beganMs > 0 && this.#endedMs === 0)
      this.#endedMs = this.#nowMs()
  }

  /** 0 for a load that never ran. */
  get spanMs(): number {
    return Math.max(0, this.#endedMs - this.#beganMs)
  }
}

/** @param database The file that was loaded into. */
export function measureLoad(
  step: DemoStep,
  summary: RunSummary,
  { spanMs, inputBytes, database }: { spanMs: number; inputBytes: number; database: string },
): Measurement {
  const { tasks } = summary
  const settled = tasks.total - tasks.remaining
  const isWhole = summary.state === 'done'
  return {
    step,
    parallelism: summary.parallelism,
    settled,
    failed: tasks.failed + tasks.quarantined,
    spanMs,
    throughputPerSec: spanMs > 0 ? (settled * 1_000) / spanMs : 0,
    // What batches took says nothing of a record.
    latencyMs: { p50: null, p90: null, p95: null, p99: null, max: null },
    digest: null,
    waitingRatio: 0,
    loopBusyRatio: 0,
    isWhole,
    load: { inputBytes, isExact: isWhole ? holdsEveryLine(database, step.tasks) : null },
  }
}

/** @returns Whether the table holds exactly the lines that were generated, read back one by one. */
export function holdsEveryLine(path: string, count: number): boolean {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    let index = 0
    for (const row of database.prepare('SELECT key, value FROM records ORDER BY key').iterate()) {
      if (row['key'] !== index || row['value'] !== demoLine(index)) return false
      index += 1
    }
    return index === count
  } finally {
    database.close()
  }
}

/** @returns Whether every whole load left exactly what it was given; `null` when none was whole. */
export function loadsAreExact(all: readonly Measurement[]): boolean | null {
  const exact = all.flatMap(({ load }) => (load === null || load.isExact === null ? [] : [load.isExact]))
  return exact.length === 0 ? null : exact.every(Boolean)
}
