import { CPU_LAYOUT, CRAWL_LAYOUT, positionsOf, type RecordLayout } from '../../shared/model/record-layout.ts'
import type { TaskColumns } from './columns.ts'
import type { NumberCopier } from './number-copier.ts'

const CRAWL = positionsOf(CRAWL_LAYOUT).numbers
const CPU = positionsOf(CPU_LAYOUT).numbers

interface NewRows {
  /** A frame, and rows of it. */
  readonly view: DataView
  readonly picks: Uint32Array
  /** Where they go, the columns of every kind of record filled already. */
  readonly columns: TaskColumns
  readonly from: number
}

/** Copies what the time of tasks went into; a load measures that by batches, which have no rows. */
export function copyPhases(
  kind: RecordLayout['kind'],
  copier: NumberCopier,
  { view, picks, columns, from }: NewRows,
): void {
  const end = from + picks.length
  if (kind === 'crawl') {
    copier.copy(view, picks, CRAWL.waitMs, columns.laneMs, from)
    copier.copy(view, picks, CRAWL.connectMs, columns.connectMs, from)
    copier.copy(view, picks, CRAWL.ttfbMs, columns.firstByteMs, from)
    copier.copy(view, picks, CRAWL.downloadMs, columns.bodyMs, from)
  } else if (kind === 'cpu') {
    copier.copy(view, picks, CPU.cpuMs, columns.cpuMs, from)
    copier.copy(view, picks, CPU.waitMs, columns.firstByteMs, from)
    for (let row = from; row < end; row += 1)
      columns.laneMs[row] = columns.cpuMs[row]! + columns.firstByteMs[row]!
  }
  for (let row = from; row < end; row += 1) columns.laneMs[row] = laneMsOf(columns, kind, row)
}

/**
 * The first try held its lane for all of its task's time. A later one took what its phases add up to, which are measured
 * from its own beginning; where one of them is absent, nobody measured how long it was.
 */
function laneMsOf(columns: TaskColumns, kind: RecordLayout['kind'], row: number): number {
  if (columns.attempts[row]! <= 1) return columns.totalMs[row]!
  const waitOrSumMs = columns.laneMs[row]!
  if (kind === 'cpu') return waitOrSumMs
  return waitOrSumMs + columns.connectMs[row]! + columns.firstByteMs[row]! + columns.bodyMs[row]!
}
