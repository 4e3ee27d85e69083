import type { RunsChange, StreamPort } from '../../shared/contract/contract.ts'
import type { RunEntry } from '../../shared/model/run.ts'
import type { ListChanges, ListMark } from '../records/protocol.ts'

const LOOK_EVERY_MS = 1_000

/** Tells views what changes in the list of runs, whoever runs them; looks only while a view wants to know. */
export class RunsWatcher {
  readonly #ask: (since: ListMark | null) => Promise<ListChanges>
  readonly #ports = new Set<StreamPort<RunsChange>>()
  readonly #newPorts = new Set<StreamPort<RunsChange>>()
  readonly #entries = new Map<string, RunEntry>()
  #mark: ListMark | null = null
  #timer: NodeJS.Timeout | null = null
  #isLooking = false

  /** @param ask See `Records.changes`. */
  constructor(ask: (since: ListMark | null) => Promise<ListChanges>) {
    this.#ask = ask
  }

  /** Tells `port` the whole list, then what changes in it. */
  add(port: StreamPort<RunsChange>): void {
    this.#newPorts.add(port)
    port.onClosed(() => {
      this.#newPorts.delete(port)
      this.#ports.delete(port)
      if (this.#isUnwatched) this.#rest()
    })
    // A list that is looked at each second is new enough; else it is looked at now.
    if (this.#timer !== null) this.#welcome()
    else void this.#look()
  }

  close(): void {
    for (const port of [...this.#ports, ...this.#newPorts]) port.end()
    this.#rest()
  }

  get #isUnwatched(): boolean {
    return this.#ports.size + this.#newPorts.size === 0
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      this.#note(await this.#ask(this.#mark))
      this.#welcome()
    } catch (error) {
      for (const port of [...this.#ports, ...this.#newPorts]) port.fail(error)
    } finally {
      this.#isLooking = false
    }
    if (this.#isUnwatched) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#look()
    }, LOOK_EVERY_MS)
  }

  #note({ mark, isWhole, entries, gone }: ListChanges): void {
    this.#mark = mark
    const missing = isWhole ? this.#missingIn(entries) : gone
    for (const runId of missing) this.#entries.delete(runId)
    for (const entry of entries) this.#entries.set(entry.runId, entry)
    if (entries.length === 0 && missing.length === 0) return
    for (const port of this.#ports) port.push({ entries, gone: missing })
  }

  #missingIn(entries: readonly RunEntry[]): string[] {
    const ids = new Set(entries.map(({ runId }) => runId))
    return [...this.#entries.keys()].filter(runId => !ids.has(runId))
  }

  #welcome(): void {
    const entries = [...this.#entries.values()].sort(byAge)
    for (const port of this.#newPorts) {
      this.#newPorts.delete(port)
      this.#ports.add(port)
      port.push({ entries, gone: [] })
    }
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/** The newest first. */
const byAge = (a: RunEntry, b: RunEntry): number =>
  `${a.startedAt} ${a.runId}` < `${b.startedAt} ${b.runId}` ? 1 : -1
