import type { RunPaths } from '../journal/run-paths.ts'
import { resolveRun } from '../records/run-list.ts'
import type { TableLimits } from './row-intake.ts'
import { TaskTable } from './task-table.ts'

/** Tables that are kept, and how long one is that nobody asks for. */
const MOST_TABLES = 4
const KEPT_MS = 60_000

export interface ShelfPorts {
  readonly dataDir: string
  readonly nowMs: () => number
  readonly limits: TableLimits
}

/** The tables that were asked for lately. */
export class TableShelf {
  readonly #ports: ShelfPorts
  /** In order of use, the oldest first. */
  readonly #tables = new Map<string, { readonly table: TaskTable; readonly askedAtMs: number }>()

  constructor(ports: ShelfPorts) {
    this.#ports = ports
  }

  /** @throws JobError `E_NOT_FOUND`. */
  resolve(runId: string): RunPaths {
    return resolveRun(this.#ports.dataDir, runId)
  }

  /** @throws JobError `E_NOT_FOUND`, and as a table does that is made. */
  open(wanted: string): TaskTable {
    const paths = this.resolve(wanted)
    const { runId } = paths
    const nowMs = this.#ports.nowMs()
    const table = this.#tables.get(runId)?.table ?? new TaskTable(paths, this.#ports)
    this.#tables.delete(runId)
    this.#tables.set(runId, { table, askedAtMs: nowMs })
    if (this.#tables.size > MOST_TABLES) this.#tables.delete(this.#tables.keys().next().value!)
    return table
  }

  get size(): number {
    return this.#tables.size
  }

  sweep(): void {
    const nowMs = this.#ports.nowMs()
    for (const [runId, { askedAtMs }] of this.#tables)
      if (nowMs - askedAtMs >= KEPT_MS) this.#tables.delete(runId)
  }
}
