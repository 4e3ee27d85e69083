import { setImmediate as nextTurn } from 'node:timers/promises'
import { LAYOUTS, type RecordLayout } from '../../shared/model/record-layout.ts'
import type { TaskFilter, TaskPage } from '../../shared/model/task-table.ts'
import { readCommitted, type Committed } from '../journal/committed.ts'
import type { RunPaths } from '../journal/run-paths.ts'
import { FILE_HEADER_BYTES } from '../journal/segment-format.ts'
import { LaneIndex } from '../../shared/stream/lane-index.ts'
import type { SegmentReader } from '../journal/segment-reader.ts'
import { SegmentPool } from '../records/segment-pool.ts'
import { Matches } from './matches.ts'
import { RowIntake, type TableLimits } from './row-intake.ts'

/** The journal is looked at this often at most. */
const LOOK_EVERY_MS = 1_000
/** How long reading goes on before questions get their turn. */
const SLICE_MS = 12
/** How long rows are put into lanes before the question is answered with those that are, and how many at once. */
const LANES_MS = 150
const ROWS_AT_ONCE = 20_000
/** Filters whose rows are kept for the next question. */
const KEPT_MATCHES = 3

export interface TaskTablePorts {
  readonly nowMs: () => number
  readonly limits: TableLimits
}

/**
 * The committed records of one run as columns, which follow the run while somebody asks. Reads only, also while another
 * process owns the run. It holds the records that an export holds: one for each settled task, those dropped left out.
 */
export class TaskTable {
  readonly paths: RunPaths
  readonly #ports: TaskTablePorts
  #committed: Committed
  #intake: RowIntake
  /** By segment, up to where it was read. */
  #positions = new Map<number, number>()
  #matches = new Map<string, Matches>()
  #lanes: LaneIndex | null = null
  #lookedAtMs: number
  #reading: Promise<void> | null = null

  /** @throws JobError `E_NOT_FOUND`, `E_VERSION`, `E_JOURNAL_CORRUPT` or `E_SRC_IO`. */
  constructor(paths: RunPaths, ports: TaskTablePorts) {
    this.paths = paths
    this.#ports = ports
    this.#committed = readCommitted(paths)
    this.#intake = new RowIntake(this.layout, ports.limits)
    this.#lookedAtMs = ports.nowMs()
    void this.#beginReading()
  }

  get layout(): RecordLayout {
    return LAYOUTS.find(({ kind }) => kind === this.#committed.run.job.kind)!
  }

  /** What the journal said when it was looked at last. */
  get committed(): Committed {
    return this.#committed
  }

  get intake(): RowIntake {
    return this.#intake
  }

  get gap(): TaskPage['gap'] {
    if (this.#reading !== null) return 'catching-up'
    if (this.#intake.isFull && this.#hasMore()) return 'too-many'
    return this.#committed.run.job.kind === 'load' ? 'ok-not-recorded' : null
  }

  /**
   * Begins to read what was committed since, at most once a second.
   *
   * @returns What is being read, settled when that is done; `null` when there is nothing to wait for.
   * @throws JobError as the constructor does.
   */
  refresh(): Promise<void> | null {
    if (this.#reading !== null) return this.#reading
    const nowMs = this.#ports.nowMs()
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return null
    const { dropped } = this.#committed
    this.#committed = readCommitted(this.paths)
    this.#lookedAtMs = nowMs
    // Rows that were taken in count no more: the destination had forgotten them.
    if (this.#committed.dropped.length !== dropped.length) this.#clear()
    if (!this.#hasMore() || this.#intake.isFull) return null
    return this.#beginReading()
  }

  /** @returns The rows that the filter chooses of those that are there now. */
  match(filter: TaskFilter): Matches {
    const key = JSON.stringify(filter)
    const matches = this.#matches.get(key) ?? new Matches(this.#intake, filter)
    this.#matches.delete(key)
    this.#matches.set(key, matches)
    if (this.#matches.size > KEPT_MATCHES) this.#matches.delete(this.#matches.keys().next().value!)
    matches.update()
    return matches
  }

  /**
   * The lanes of the rows that are there now, made when they are first asked for: so many rows at once that nobody waits
   * for long.
   */
  lanes(): { readonly index: LaneIndex; readonly isWhole: boolean } {
    const { nowMs } = this.#ports
    this.#lanes ??= new LaneIndex(this.#intake.columns)
    const untilMs = nowMs() + LANES_MS
    let isWhole = this.#lanes.extend(ROWS_AT_ONCE)
    while (!isWhole && nowMs() < untilMs) isWhole = this.#lanes.extend(ROWS_AT_ONCE)
    return { index: this.#lanes, isWhole }
  }

  #clear(): void {
    this.#lanes = null
    this.#intake = new RowIntake(this.layout, this.#ports.limits)
    this.#positions = new Map()
    this.#matches = new Map()
  }

  #hasMore(): boolean {
    for (const [id, bytes] of this.#committed.segments) if (this.#positionOf(id) < bytes) return true
    return false
  }

  #positionOf(segment: number): number {
    return this.#positions.get(segment) ?? FILE_HEADER_BYTES
  }

  #beginReading(): Promise<void> {
    this.#reading = this.#read()
    // Nobody may be waiting any longer when it fails; the next question meets the same failure.
    this.#reading.catch(() => undefined)
    return this.#reading
  }

  async #read(): Promise<void> {
    // Whoever made the table is to have it before it reads, or fails to.
    await nextTurn()
    const { segments, dropped } = this.#committed
    // Files are held open while they are read only, so that a run can be deleted.
    const pool = new SegmentPool(this.paths, segments, dropped)
    try {
      await this.#readAll(pool)
    } catch (error) {
      this.#lookedAtMs = -Infinity
      throw error
    } finally {
      pool[Symbol.dispose]()
      this.#reading = null
    }
  }

  /** Frames of all segments in turn, which is nearly the order in which their tasks settled. */
  async #readAll(pool: SegmentPool): Promise<void> {
    let sliceEndMs = this.#ports.nowMs() + SLICE_MS
    let unread = [...pool.ids].filter(id => this.#positionOf(id) < pool.committedBytes(id))
    while (unread.length > 0) {
      for (const id of unread) {
        if (this.#intake.isFull) return
        this.#readFrame(pool, id)
        if (this.#ports.nowMs() < sliceEndMs) continue
        await nextTurn()
        sliceEndMs = this.#ports.nowMs() + SLICE_MS
      }
      unread = unread.filter(id => this.#positionOf(id) < pool.committedBytes(id))
    }
  }

  #readFrame(pool: SegmentPool, segment: number): void {
    const reader = pool.reader(segment)
    reader.seek(this.#positionOf(segment))
    if (reader.next(pool.committedBytes(segment))) this.#takeFrame(pool, segment, reader)
    this.#positions.set(segment, reader.position)
  }

  #takeFrame({ dropped }: SegmentPool, segment: number, { rows, frameAt }: SegmentReader): void {
    const isDropped =
      dropped === null ? null : (index: number): boolean => dropped.has(segment, frameAt, index)
    this.#intake.take(rows, { segment, frameAt }, isDropped)
  }
}
