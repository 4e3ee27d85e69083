import { JobError } from '../../shared/model/error.ts'
import type { Listen } from '../run/runs.ts'
import { doorOf } from './run-door.ts'
import { RunListener } from './run-listener.ts'

/** Lets other processes watch and steer the runs of this one, each for as long as it lives. */
export class Listening {
  readonly #dataDir: string
  readonly #closings = new Set<Promise<void>>()

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  readonly open: Listen = async (runId, sessionOf) => {
    const door = () => {
      const run = sessionOf()
      if (run === null) throw new JobError('E_NOT_FOUND', `run ${runId} is about to begin`)
      return doorOf(run)
    }
    try {
      const listener = await RunListener.open(this.#dataDir, runId, door)
      return { problem: null, closeAfter: ended => this.#closeAfter(ended, listener) }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { problem: reason, closeAfter: () => undefined }
    }
  }

  /** Every run has ended. */
  async close(): Promise<void> {
    await Promise.all(this.#closings)
  }

  #closeAfter(ended: Promise<unknown>, listener: RunListener): void {
    const closing = ended.then(() => listener.close()).finally(() => this.#closings.delete(closing))
    this.#closings.add(closing)
  }
}
