import type { RedisTarget } from '../../../shared/model/load-target.ts'
import { planOf, type CommandPlan } from '../../load/command-plan.ts'
import type { RecordView } from '../../load/record-view.ts'
import type { Refusal } from '../../source/cursor.ts'
import type {
  AppliedRecords,
  DestinationRequest,
  DestinationWriter,
  SentBatch,
  WriterContext,
} from '../destination.ts'
import { BufferPool, type BatchBuffer } from './batch-buffer.ts'
import { ExactBatches } from './exact-batches.ts'
import { fenceOthers } from './fence.ts'
import { PlainBatches } from './plain-batches.ts'
import { CommandEncoder, PairEncoder, ScriptEncoder, type RecordEncoder } from './record-encoder.ts'
import { RedisSession } from './session.ts'

/** Of a batch, unless the job says how many records it wants. */
const BATCH_RECORDS = 500
const BATCH_BYTES = 64 * 2 ** 10
/** Of a batch whose records the job counts. */
const ASKED_BATCH_BYTES = 4 * 2 ** 20
/** Beyond this nothing gets faster: the server always has the next batch. */
const BATCHES = 16

type OpenLease = Parameters<DestinationWriter['openLease']>[0]

/**
 * Connects in the background: a server that cannot be reached is waited for by {@link DestinationWriter.openLease}.
 *
 * @throws JobError `E_CONFIG` for options that contradict each other.
 */
export function openRedisWriter(
  request: DestinationRequest,
  target: RedisTarget,
  context: WriterContext,
): Promise<DestinationWriter> {
  const { batch } = request.options
  const most = { records: batch ?? BATCH_RECORDS, bytes: batch === null ? BATCH_BYTES : ASKED_BATCH_BYTES }
  const pool = new BufferPool({ buffers: BATCHES, bytes: 2 * most.bytes })
  const session = new RedisSession(request, target, context)
  const plan = planOf(request.options)
  const { counters } = context
  if (plan.isIdempotent) {
    const encoder = plan.command === 'set' ? new PairEncoder(plan) : new CommandEncoder(plan)
    const lane = new PlainBatches({ session, finder: encoder, pool, counters, answers: answersOf(plan) })
    return Promise.resolve(new RedisWriter({ session, lane, encoder, pool, most, runId: request.runId }))
  }
  const encoder = new ScriptEncoder(plan)
  const lane = new ExactBatches({ session, encoder, pool, counters, command: plan.command.toUpperCase() })
  return Promise.resolve(new RedisWriter({ session, lane, encoder, pool, most, runId: request.runId }))
}

function answersOf(plan: CommandPlan): 'pairs' | 'ok' | 'integer' {
  if (plan.command === 'set') return 'pairs'
  return plan.command === 'json.set' ? 'ok' : 'integer'
}

interface WriterParts {
  readonly session: RedisSession
  readonly lane: PlainBatches | ExactBatches
  readonly encoder: RecordEncoder
  readonly pool: BufferPool
  readonly most: DestinationWriter['most']
  readonly runId: string
}

class RedisWriter implements DestinationWriter {
  readonly most: DestinationWriter['most']
  readonly batches = BATCHES
  readonly #parts: WriterParts
  readonly #encoder: RecordEncoder
  #open: BatchBuffer

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#encoder = parts.encoder
    this.most = parts.most
    this.#open = parts.pool.take()
    parts.session.start(parts.lane)
  }

  get openBytes(): number {
    return this.#open.end - this.#open.start
  }

  openLease({ first, step, living }: OpenLease): Promise<AppliedRecords | null> {
    const { session, lane, runId } = this.#parts
    return session.withConnection(async connection => {
      if (living === null) return null
      // Numbers rise: who has a higher one began after the lease was handed out, and never had its tasks.
      const latest = living.length === 0 ? Infinity : Math.max(...living)
      await fenceOthers(connection, runId, {
        isFencedByScript: lane.isFencedByScript,
        isLeft: segment => segment === session.segment || segment > latest || living.includes(segment),
      })
      return lane.openLease(connection, { first, step })
    })
  }

  add(record: RecordView): Refusal | null {
    return this.#encoder.add(record, this.#open)
  }

  send(batch: SentBatch): void {
    const buffer = this.#open
    this.#open = this.#parts.pool.take()
    this.#parts.lane.push(batch, buffer)
  }

  abort(): void {
    this.#parts.session.stop()
    this.#parts.lane.cancel()
  }

  async close(): Promise<void> {
    await this.#parts.session.close()
    this.#parts.lane.cancel()
  }
}
