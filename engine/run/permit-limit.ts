import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { JobSpec } from '../../shared/model/job.ts'

/** Of the files that a process may open, so many are left to its requests; segments, inputs and libraries need some too. */
const REQUESTS_RATIO = 0.6

interface PermitLimitParts {
  readonly kind: JobSpec['kind']
  readonly parallelism: Pick<Parallelism, 'model' | 'threads'>
  /** Files that a process may open; `null` for any number. */
  readonly descriptors: number | null
}

/** Keeps requests in flight below what a process may have open: beyond that they would only fail and wait. */
export class PermitLimit {
  readonly #parts: PermitLimitParts

  constructor(parts: PermitLimitParts) {
    this.#parts = parts
  }

  /** @returns Tasks that each worker may have in flight. */
  permits(inFlight: number, threads: number): number {
    return Math.min(inFlight, this.#most(threads))
  }

  /** @returns Why they are fewer than asked for; `null` when they are not. */
  reason(inFlight: number, threads: number): string | null {
    const most = this.#most(threads)
    if (inFlight <= most) return null
    return `${most} requests in flight a worker instead of ${inFlight}: a process may open ${this.#parts.descriptors} files (ulimit -n)`
  }

  #most(threads: number): number {
    const { kind, parallelism, descriptors } = this.#parts
    if (kind !== 'crawl' || descriptors === null) return Infinity
    const { model } = parallelism
    const workersInProcess = model === 'threads' || model === 'hybrid' ? threads : 1
    return Math.max(1, Math.floor((descriptors * REQUESTS_RATIO) / workersInProcess))
  }
}
