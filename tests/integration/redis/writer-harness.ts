import type { DestinationWriter, RecordFailure } from '../../../engine/destination/destination.ts'
import { MARK_FIELD, runKey } from '../../../engine/destination/redis/run-hash.ts'
import { openRedisWriter } from '../../../engine/destination/redis/redis-writer.ts'
import type { RecordView } from '../../../engine/load/record-view.ts'
import { COUNTER, makeCounters } from '../../../shared/model/counters.ts'
import type { Failure, JobError } from '../../../shared/model/error.ts'
import type { LoadOptions } from '../../../shared/model/fields/load.ts'
import { parseTarget, type RedisTarget } from '../../../shared/model/load-target.ts'
import { LINES, makeLoadOptions, makeRecord } from '../../support/engine/load-records.ts'
import type { RedisServer } from '../../support/redis-server.ts'

export const RUN = '01TESTRUN'
export const KEY = runKey(RUN)

/** What the control leaves at the start of a run. */
export async function leaveMark(server: RedisServer): Promise<void> {
  await server.cli('HSET', KEY, MARK_FIELD, await serverIdOf(server))
}

export const serverIdOf = async (server: RedisServer): Promise<string> =>
  /run_id:(\w+)/.exec(await server.cli('INFO', 'server'))?.[1] ?? ''

export interface WriterGiven {
  readonly to: string
  readonly options?: Partial<LoadOptions>
  readonly segment?: number
  readonly password?: string
}

export interface LoadGiven {
  readonly first?: number
  readonly step?: number
  readonly permits?: number
  readonly living?: readonly number[] | null
  /** Records of a batch. */
  readonly perBatch?: number
  /** Called after each batch that is settled. */
  readonly onSettled?: (settled: number) => void
}

export interface Loaded {
  /** Tasks in the order in which they settled. */
  readonly settled: readonly number[]
  readonly failures: ReadonlyMap<number, string>
  readonly cancelled: number
}

/** A writer as a worker holds it: it sends batches of one lease after the other, a few at a time. */
export class TestWorker {
  readonly stalls: Failure[] = []
  readonly rewinds: string[] = []
  readonly errors: JobError[] = []
  readonly counters = makeCounters()
  /** By how much this worker's clock is ahead, in milliseconds. */
  aheadMs = 0
  readonly ended = Promise.withResolvers<void>()
  onStalled: (failure: Failure) => void = () => undefined
  readonly #writer: Promise<DestinationWriter>

  constructor({ to, options, segment, password }: WriterGiven) {
    this.#writer = openRedisWriter(
      {
        runId: RUN,
        options: makeLoadOptions({ to, ...options }),
        pass: 'write',
        secrets: { redisPassword: password ?? null, headers: [] },
      },
      parseTarget(to).target as RedisTarget,
      {
        segment: segment ?? 1,
        nowMs: () => performance.now() + this.aheadMs,
        counters: this.counters,
        onStalled: failure => {
          this.stalls.push(failure)
          this.onStalled(failure)
        },
        onRewind: reason => {
          this.rewinds.push(reason)
          this.ended.resolve()
        },
        onFailed: error => {
          this.errors.push(error)
          this.ended.resolve()
        },
        onRoom: () => undefined,
      },
    )
  }

  get connections(): number {
    return this.counters[COUNTER.connections]!
  }

  /**
   * Loads records, the first of them as task `first`; those that the destination holds already are told like those that
   * settle.
   *
   * @returns When every batch is settled or cancelled, or the writer gave up.
   */
  async load(records: readonly (string | RecordView)[], given: LoadGiven = {}): Promise<Loaded> {
    const writer = await this.#writer
    const { first = 0, step = 1, permits = 4, living = null, perBatch = 50 } = given
    const failures = new Map<number, string>()
    const settled: number[] = []
    let cancelled = 0
    const applied = await writer.openLease({ first, step, living, format: LINES })
    const all = Promise.withResolvers<void>()
    let [at, open] = [0, 0]
    const pump = (): void => {
      while (open < permits && at < records.length) {
        const from = first + at * step
        const tasks: number[] = []
        const added: number[] = []
        for (; tasks.length < perBatch && at < records.length; at += 1) {
          const taskIndex = first + at * step
          tasks.push(taskIndex)
          if (applied?.isApplied(taskIndex)) {
            const failure = applied.failureOf(taskIndex)
            if (failure) failures.set(taskIndex, `${failure.code} ${failure.message}`)
            continue
          }
          const given = records[at]!
          const record = typeof given === 'string' ? makeRecord(given, { taskIndex }) : given
          const refusal = writer.add(record)
          if (refusal) failures.set(taskIndex, `${refusal.code} ${refusal.message}`)
          else added.push(taskIndex)
        }
        open += 1
        const end = (): void => {
          open -= 1
          if (open === 0 && at >= records.length) all.resolve()
          else pump()
        }
        writer.send({
          first,
          step,
          from,
          next: first + (at - 1) * step + 1,
          tasks: Float64Array.from(added),
          records: added.length,
          settle: (refused: readonly RecordFailure[]) => {
            for (const { at: place, code, message } of refused)
              failures.set(added[place]!, `${code} ${message}`)
            settled.push(...tasks)
            given.onSettled?.(settled.length)
            end()
          },
          written: () => undefined,
          cancel: () => {
            cancelled += tasks.length
            at = records.length
            end()
          },
        })
      }
    }
    pump()
    await Promise.race([all.promise, this.ended.promise])
    return { settled, failures, cancelled }
  }

  async abort(): Promise<void> {
    ;(await this.#writer).abort()
  }

  async close(): Promise<void> {
    await (await this.#writer).close()
  }
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at)
export const lines = (count: number): string[] => range(count).map(at => `value ${at}`)
