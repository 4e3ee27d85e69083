import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorReply, RESP_TYPES } from '@redis/client'
import { failureOf, JobError, printable } from '../../../shared/model/error.ts'
import type { RedisTarget } from '../../../shared/model/load-target.ts'
import { canVerify, planOf, type CommandPlan } from '../../load/command-plan.ts'
import type { RecordView } from '../../load/record-view.ts'
import type { Refusal } from '../../source/cursor.ts'
import type {
  DestinationRequest,
  DestinationWriter,
  RecordFailure,
  SentBatch,
  WriterContext,
} from '../destination.ts'
import { expectationOf, nameOf, type Expectation } from './expectation.ts'
import { connectRedis, redisError, type RedisClient } from './redis-client.ts'
import { faultOf } from './server-fault.ts'

const RECORDS = 1_000
const BATCH_BYTES = 2 ** 20
const BATCHES = 4
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000
/** Replies as they are, byte for byte. */
const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } }

/**
 * Reads back what a load wrote and compares it with the records, one by one. Nothing is written, so a batch that was
 * lost with its connection is asked again.
 *
 * Of records that share a key only the last one written can be there: the others differ.
 *
 * @throws JobError `E_CONFIG` for commands whose records leave no trace of their own (rpush, xadd, incrby), and for
 *   wrong credentials; `E_DEST_DOWN` when nobody answers.
 */
export async function openRedisVerifier(
  request: DestinationRequest,
  target: RedisTarget,
  context: WriterContext,
): Promise<DestinationWriter> {
  const plan = planOf(request.options)
  if (!canVerify(request.options))
    throw new JobError(
      'E_CONFIG',
      `${plan.command} leaves no trace of single records, so they cannot be compared; leave out --verify`,
    )
  const client = await connectRedis(target, request.secrets.redisPassword)
  const most = { records: request.options.batch ?? RECORDS, bytes: BATCH_BYTES }
  return new RedisVerifier({ plan, target, password: request.secrets.redisPassword, most, context }, client)
}

interface VerifierParts {
  readonly plan: CommandPlan
  readonly target: RedisTarget
  readonly password: string | null
  readonly most: DestinationWriter['most']
  readonly context: WriterContext
}

class RedisVerifier implements DestinationWriter {
  readonly most: DestinationWriter['most']
  readonly batches = BATCHES
  readonly #parts: VerifierParts
  readonly #stopping = new AbortController()
  /** One connection for all batches; a new one is made by the first that finds it lost. */
  #client: Promise<RedisClient>
  #open: Expectation[] = []
  #openBytes = 0
  readonly #underWay = new Set<Promise<void>>()
  #stalledSinceMs: number | null = null

  constructor(parts: VerifierParts, client: RedisClient) {
    this.#parts = parts
    this.most = parts.most
    this.#client = Promise.resolve(client)
  }

  get openBytes(): number {
    return this.#openBytes
  }

  openLease(): Promise<null> {
    return Promise.resolve(null)
  }

  add(record: RecordView): Refusal | null {
    const made = expectationOf(this.#parts.plan, record)
    if ('refusal' in made) return made.refusal
    this.#open.push(made.expected)
    this.#openBytes += made.expected.bytes
    return null
  }

  send(batch: SentBatch): void {
    const expected = this.#open
    this.#open = []
    this.#openBytes = 0
    const comparison = this.#compare(batch, expected).finally(() => this.#underWay.delete(comparison))
    this.#underWay.add(comparison)
  }

  abort(): void {
    this.#stop('the comparison was stopped')
  }

  async close(): Promise<void> {
    this.#stop('the comparison is over')
    await Promise.all(this.#underWay)
  }

  #stop(reason: string): void {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort(new JobError('E_CANCELLED', reason))
    void this.#client.then(client => client.destroy(), ignoreFailedConnect)
  }

  async #compare(batch: SentBatch, expected: readonly Expectation[]): Promise<void> {
    const failures = await this.#ask(expected)
    if (failures === null) batch.cancel()
    else batch.settle(failures)
  }

  /** @returns `null` when it was given up. */
  async #ask(expected: readonly Expectation[]): Promise<RecordFailure[] | null> {
    const { signal } = this.#stopping
    let waitMs = FIRST_WAIT_MS
    while (!signal.aborted) {
      const connected = this.#client
      try {
        const client = await connected
        // It was idle for too long; nothing was lost with it.
        if (!client.isOpen) {
          this.#reconnect(connected)
          continue
        }
        const isPlain = this.#parts.plan.command === 'set'
        const failures = await (isPlain ? plainFailuresIn(client, expected) : failuresIn(client, expected))
        this.#stalledSinceMs = null
        return failures
      } catch (error) {
        if (signal.aborted || !this.#isWaitedFor(error)) return null
      }
      await sleep(waitMs, undefined, { signal }).catch(ignoreAbort)
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
      this.#reconnect(connected)
    }
    return null
  }

  /** Several batches see the same loss, but only the first one connects again. */
  #reconnect(lost: Promise<RedisClient>): void {
    if (this.#client !== lost || this.#stopping.signal.aborted) return
    const { target, password } = this.#parts
    void lost.then(client => client.destroy(), ignoreFailedConnect)
    this.#client = connectRedis(target, password)
    this.#client.catch(ignoreFailedConnect)
  }

  #isWaitedFor(cause: unknown): boolean {
    const { context, target } = this.#parts
    const error = redisError(cause, target)
    if (error instanceof JobError && (error.code === 'E_DEST_DOWN' || error.code === 'E_DEST_FULL')) {
      const nowMs = context.nowMs()
      this.#stalledSinceMs ??= nowMs
      context.onStalled({ ...failureOf(error), retryable: true }, nowMs - this.#stalledSinceMs)
      return true
    }
    this.abort()
    context.onFailed(
      error instanceof JobError ? error : new JobError('E_INTERNAL', String(error), { cause: error }),
    )
    return false
  }
}

/** Strings are read many at once; only a key that differs is looked at by itself, which tells a key of another type. */
async function plainFailuresIn(
  client: RedisClient,
  expected: readonly Expectation[],
): Promise<RecordFailure[]> {
  if (expected.length === 0) return []
  const answers: unknown = await client.sendCommand(['MGET', ...expected.map(({ key }) => key)], AS_BYTES)
  const values: readonly unknown[] = Array.isArray(answers) ? answers : []
  const differing = expected.flatMap((each, at) => (each.differenceOf(values[at]) === null ? [] : [at]))
  const failures = await failuresIn(
    client,
    differing.map(at => expected[at] as Expectation),
  )
  return failures.map(failure => ({ ...failure, at: differing[failure.at] as number }))
}

async function failuresIn(client: RedisClient, expected: readonly Expectation[]): Promise<RecordFailure[]> {
  const differences = await Promise.all(expected.map(each => differenceIn(client, each)))
  return differences.flatMap((difference, at) => {
    if (difference === null) return []
    const name = nameOf((expected[at] as Expectation).key)
    return { at, code: 'E_DEST_DATA' as const, message: printable(`key ${name} ${difference}`) }
  })
}

async function differenceIn(client: RedisClient, expected: Expectation): Promise<string | null> {
  try {
    const answer: unknown = await client.sendCommand(expected.question, AS_BYTES)
    return expected.differenceOf(answer)
  } catch (error) {
    // A key of another type, for one.
    if (error instanceof ErrorReply && faultOf(error.message) === 'data') return `answers "${error.message}"`
    throw error
  }
}

/** Whoever waits for the same connection is told. */
const ignoreFailedConnect = (): void => undefined
const ignoreAbort = (): void => undefined
