import { join } from 'node:path'
import { SegmentReader } from '../../../engine/journal/segment-reader.ts'
import type {
  FromWorker,
  Lease,
  ToWorker,
  WorkerReport,
  WorkerSetup,
} from '../../../engine/worker/protocol.ts'
import { runWorker } from '../../../engine/worker/worker.ts'
import { addCounters, COUNTERS, makeCounters } from '../../../shared/model/counters.ts'
import { NO_SECRETS } from '../../../shared/model/job.ts'
import { PHASE, type Phase } from '../../../shared/model/run.ts'
import { temporaryDirectory } from '../records/temporary.ts'

/** A worker on this thread whose supervisor is the test. Every report is acknowledged at once. */
export class WorkerBench {
  readonly posted: FromWorker[] = []
  readonly settled: number[] = []
  readonly counters = makeCounters()
  readonly exited = Promise.withResolvers<void>()
  readonly segmentPath: string
  #listener: ((message: ToWorker) => void) | null = null
  readonly #waiters: { readonly isMet: () => boolean; readonly resolve: () => void }[] = []

  constructor(setup: Pick<WorkerSetup, 'work'> & Partial<WorkerSetup>) {
    const folder = temporaryDirectory()
    this.segmentPath = join(folder, 'segment')
    runWorker({
      post: message => this.#take(message),
      onMessage: listener => (this.#listener = listener),
      exit: () => this.exited.resolve(),
    })
    this.tell({
      type: 'setup',
      setup: {
        worker: 1,
        runId: 'run-1',
        secrets: NO_SECRETS,
        isOrdered: false,
        permits: 4,
        originMs: 0,
        segment: { id: 7, path: this.segmentPath },
        startsPath: join(folder, 'starts'),
        sharedGates: false,
        boundsVersion: 0,
        faults: [],
        ...setup,
      },
    })
  }

  tell(message: ToWorker): void {
    this.#listener!(message)
  }

  grant(lease: Lease): void {
    this.tell({ type: 'grant', lease })
  }

  /** Resolves when the worker has said enough. */
  async until(isMet: () => boolean): Promise<void> {
    if (isMet()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiters.push({ isMet, resolve })
    await promise
  }

  /** Ends the worker as a supervisor does, and waits for its exit; also one that has told `fatal`, whose exit is not real here. */
  async stop(phase: Phase = PHASE.stop): Promise<void> {
    this.tell({ type: 'phase', phase })
    await this.until(() => this.types().includes('drained'))
    await this.exited.promise
  }

  types(): string[] {
    return this.posted.map(({ type }) => type)
  }

  reports(): WorkerReport[] {
    return this.posted.filter(message => message.type === 'report')
  }

  /** Counters that are not zero, without times. */
  counted(): Record<string, number> {
    return Object.fromEntries(
      COUNTERS.flatMap((name, at) =>
        this.counters[at] === 0 || name.endsWith('Ms') ? [] : [[name, this.counters[at]!]],
      ),
    )
  }

  /** @returns One string column of all rows that the last report names. */
  strings(column: number): (string | null)[] {
    using reader = new SegmentReader(this.segmentPath)
    const end = this.reports().at(-1)!.segmentBytes
    const texts: (string | null)[] = []
    while (reader.next(end)) {
      for (let row = 0; row < reader.rows.count; row += 1) {
        reader.rows.select(row)
        texts.push(reader.rows.string(column))
      }
    }
    return texts
  }

  #take(message: FromWorker): void {
    this.posted.push(message)
    if (message.type === 'report') {
      addCounters(this.counters, message.counters)
      for (const { settled, settledSpans = [] } of message.leases) {
        this.settled.push(...settled)
        for (let at = 0; at < settledSpans.length; at += 2)
          for (let index = settledSpans[at]!; index < settledSpans[at + 1]!; index += 1)
            this.settled.push(index)
      }
      setImmediate(() => this.tell({ type: 'ack', seq: message.seq }))
    }
    for (const { isMet, resolve } of this.#waiters) if (isMet()) resolve()
  }
}
