import type { JobSpec } from '../../shared/model/job.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { ReaderLink } from '../pool/reader-link.ts'
import type { LinkKind, ProcessLink } from '../pool/worker-link.ts'

/** How a run gets what it starts. */
export interface Starters {
  readonly links: LinkKind
  readonly startReader: () => ReaderLink
}

/**
 * The first worker process and the reader of a run, started while its journal is still being created: all of them take
 * about as long, and a short run is mostly their start. {@link links} and {@link startReader} hand each of them out once
 * and start more as they are asked. Whoever makes one closes it, which ends what nobody took.
 */
export class HeadStart {
  readonly #starters: Starters
  readonly #isThreaded: boolean
  #process: ProcessLink | null
  #reader: ReaderLink | null = null

  constructor(starters: Starters, job: JobSpec, { model }: Parallelism) {
    this.#starters = starters
    this.#isThreaded = model === 'threads' || model === 'hybrid'
    this.#process = starters.links.startProcess({ isThreaded: this.#isThreaded })
    if (job.kind !== 'cpu') this.#startReader()
  }

  get links(): LinkKind {
    return {
      startProcess: options => {
        const early = this.#process
        this.#process = null
        if (early?.isAlive === true && options.isThreaded === this.#isThreaded) return early
        early?.kill()
        return this.#starters.links.startProcess(options)
      },
    }
  }

  readonly startReader = (): ReaderLink => {
    const early = this.#reader
    this.#reader = null
    return early ?? this.#starters.startReader()
  }

  close(): void {
    this.#process?.kill()
    this.#reader?.close()
    this.#process = null
    this.#reader = null
  }

  /** One that died before anybody listened is forgotten: another is started, and tells why it dies too. */
  #startReader(): void {
    const reader = this.#starters.startReader()
    this.#reader = reader
    reader.onExit(() => {
      if (this.#reader === reader) this.#reader = null
    })
  }
}
