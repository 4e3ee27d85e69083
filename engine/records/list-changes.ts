import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import type { RunEntry } from '../../shared/model/run.ts'
import { runPaths, type RunPaths } from '../journal/run-paths.ts'
import type { ListChanges, ListMark } from './protocol.ts'
import { newestFirst, readEntry, runIds } from './run-list.ts'

interface Known {
  /** What the run's files looked like before they were read; `null` when they must be read again whatever they look like. */
  readonly stamp: string | null
  readonly entry: RunEntry
  readonly version: number
}

/**
 * The list of runs, kept so that looking again is cheap: only runs whose files changed are read anew, and those that
 * somebody owned, whose owner may be gone without a trace in them.
 */
export class RunLists {
  readonly #dataDir: string
  readonly #id = randomUUID()
  readonly #known = new Map<string, Known>()
  /** Runs that were listed once, with the version at which they were missing. */
  readonly #gone = new Map<string, number>()
  #version = 0

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /** @returns Every run, the newest first. */
  list(): RunEntry[] {
    this.#look()
    return newestFirst([...this.#known.values()].map(({ entry }) => entry))
  }

  /** @param since The mark of an earlier answer; the whole list when it is `null`, or of another list than this. */
  changes(since: ListMark | null): ListChanges {
    this.#look()
    const mark: ListMark = { list: this.#id, version: this.#version }
    const isWhole = since?.list !== this.#id
    const after = isWhole ? -1 : since.version
    const entries = [...this.#known.values()].filter(({ version }) => version > after)
    return {
      mark,
      isWhole,
      entries: newestFirst(entries.map(({ entry }) => entry)),
      gone: isWhole ? [] : [...this.#gone].flatMap(([runId, version]) => (version > after ? [runId] : [])),
    }
  }

  #look(): void {
    this.#version += 1
    const found = new Set(runIds(this.#dataDir))
    for (const runId of found) this.#lookAt(runPaths(this.#dataDir, runId))
    for (const runId of this.#known.keys()) if (!found.has(runId)) this.#forget(runId)
  }

  #lookAt(paths: RunPaths): void {
    const { runId } = paths
    const known = this.#known.get(runId)
    // Before it is read: what changes meanwhile is seen the next time.
    const stamp = stampOf(paths)
    if (known !== undefined && known.stamp === stamp) return
    const read = readEntry(paths)
    if (read === null) {
      this.#forget(runId)
      return
    }
    const { entry, isFinal } = read
    this.#gone.delete(runId)
    const isSame = known !== undefined && JSON.stringify(known.entry) === JSON.stringify(entry)
    this.#known.set(runId, {
      stamp: isFinal ? stamp : null,
      entry,
      version: isSame ? known.version : this.#version,
    })
  }

  #forget(runId: string): void {
    if (this.#known.delete(runId)) this.#gone.set(runId, this.#version)
  }
}

function stampOf(paths: RunPaths): string {
  const parts = [paths.journal, `${paths.journal}-wal`, paths.tags].map(path => {
    const found = statSync(path, { throwIfNoEntry: false })
    return found === undefined ? '-' : `${found.mtimeMs}:${found.size}:${found.ino}`
  })
  return parts.join(' ')
}
