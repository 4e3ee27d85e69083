import type { RunPush, StreamPort } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { KeptRecords } from '../history/kept-records.ts'
import type { Runs } from '../run/runs.ts'
import { Owners } from './owners.ts'
import { doorOf, type RunDoor } from './run-door.ts'

/** An owner listens a moment after it has taken its run. */
const OWNER_TRIES = 10
const OWNER_EVERY_MS = 200

interface DoorParts {
  readonly dataDir: string
  readonly runs: Runs
  readonly records: KeptRecords
}

/** Finds the runs of this data folder wherever they live: in this process, in another one, or only in their journals. */
export class RunDoors {
  readonly #runs: Runs
  readonly #records: KeptRecords
  readonly #owners: Owners

  constructor({ dataDir, runs, records }: DoorParts) {
    this.#runs = runs
    this.#records = records
    this.#owners = new Owners(dataDir)
  }

  /**
   * @param wanted An id, an unambiguous beginning of one, or `latest`.
   * @throws JobError `E_NOT_FOUND` for a run that nobody works on, `E_LOCKED` for one whose owner does not listen.
   */
  async living(wanted: string): Promise<RunDoor> {
    const { runId, door } = await this.#find(wanted)
    if (door === null) throw new JobError('E_NOT_FOUND', `run ${runId} is not running`)
    return door
  }

  /** Pushes what happens in a run, or of one that has ended what its journal knows, until its summary. */
  async follow(wanted: string, cursor: number, port: StreamPort<RunPush>): Promise<void> {
    const { runId, door } = await this.#find(wanted)
    if (port.isClosed) return
    if (door === null) return this.#tell(runId, cursor, port)
    door.follow(cursor, port, seen => void this.#goOn(runId, seen, port))
  }

  /** The process that ran it is gone: another one has gone on with it, or its journal says how far it came. */
  async #goOn(runId: string, cursor: number, port: StreamPort<RunPush>): Promise<void> {
    try {
      const door = await this.#doorTo(runId)
      if (port.isClosed) return
      if (door === null) await this.#tell(runId, cursor, port)
      // Each process counts its events from the beginning.
      else door.follow(0, port, seen => void this.#goOn(runId, seen, port))
    } catch (error) {
      port.fail(error)
    }
  }

  async close(): Promise<void> {
    await this.#owners.close()
  }

  async #find(wanted: string): Promise<{ readonly runId: string; readonly door: RunDoor | null }> {
    const exact = this.#runs.find(wanted)
    if (exact !== null && !exact.hasEnded) return { runId: wanted, door: doorOf(exact) }
    const isKnown = exact !== null || this.#owners.has(wanted)
    const runId = isKnown ? wanted : await this.#records.ask(records => records.resolve(wanted))
    return { runId, door: await this.#doorTo(runId) }
  }

  async #doorTo(runId: string): Promise<RunDoor | null> {
    const here = this.#runs.find(runId)
    if (here !== null && !here.hasEnded) return doorOf(here)
    // Another process may have gone on with what ended here.
    const there = await this.#owners.doorTo(runId)
    if (there !== null) return there
    return here === null ? await this.#awaitOwner(runId) : doorOf(here)
  }

  async #awaitOwner(runId: string): Promise<RunDoor | null> {
    for (let tries = 1; await this.#isOwned(runId); tries += 1) {
      if (tries > OWNER_TRIES)
        throw new JobError('E_LOCKED', `run ${runId} belongs to another process, which does not answer`)
      await new Promise(resolve => setTimeout(resolve, OWNER_EVERY_MS))
      const door = await this.#owners.doorTo(runId)
      if (door !== null) return door
    }
    return null
  }

  async #isOwned(runId: string): Promise<boolean> {
    const { isOwned } = await this.#records.ask(records => records.show(runId))
    return isOwned
  }

  /** Cursors count the lines of the journal's log here. */
  async #tell(runId: string, cursor: number, port: StreamPort<RunPush>): Promise<void> {
    const { log } = await this.#records.ask(records => records.history(runId))
    const { summary } = await this.#records.ask(records => records.show(runId))
    for (const [at, { elapsedMs, event }] of log.entries())
      if (at >= cursor) port.push({ cursor: at + 1, elapsedMs, event })
    const last = Math.max(cursor, log.length) + 1
    port.push({ cursor: last, elapsedMs: summary.elapsedMs, event: { type: 'run.summary', summary } })
    port.end()
  }
}
