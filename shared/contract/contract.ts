import * as z from 'zod'

import { changeSchema } from '../model/field-schema.ts'
import { parallelismFields } from '../model/fields/parallelism.ts'
import type { HostReport } from '../model/host-report.ts'
import { jobSchema, loadJobSchema } from '../model/job-schema.ts'
import type { LoadPreview } from '../model/load-preview.ts'
import { PHASE, type RunDetail, type RunEntry, type RunEvent } from '../model/run.ts'
import { outModeSchema, outputSchema, runOptionsSchema, secretsSchema } from '../model/run-options-schema.ts'

/** Says what a command answers or a stream pushes; the host is trusted with it, so there is nothing to check. */
interface Carries<T> {
  readonly carries?: T
}
const carries = <T>(): Carries<T> => ({})

interface Command<I, O> {
  readonly type: 'command'
  readonly input: z.ZodType<I>
  readonly output: Carries<O>
}

interface Stream<P, T> {
  readonly type: 'stream'
  readonly params: z.ZodType<P>
  readonly payload: Carries<T>
}

/** View → host, answered once. */
const command = <I, O>(input: z.ZodType<I>, output: Carries<O>): Command<I, O> => ({
  type: 'command',
  input,
  output,
})

/** Host → view, pushed from the subscription until either side ends it. */
const stream = <P, T>(params: z.ZodType<P>, payload: Carries<T>): Stream<P, T> => ({
  type: 'stream',
  params,
  payload,
})

const RUN_ID = 'expected a run id, the beginning of one, or latest'
const CURSOR = 'expected a whole number from 0'

/** An id, an unambiguous beginning of one, or `latest`; safe as a part of a path. */
const runId = z.string({ error: RUN_ID }).regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { error: RUN_ID })
const cursor = z.int({ error: CURSOR }).min(0, { error: CURSOR })

const PERMITS = parallelismFields.inFlight
const permits = z.int().min(PERMITS.min).max(PERMITS.max)

const nothing = z.strictObject({})
const runRef = z.strictObject({ runId })

/** The run that a command started, went on with or removed. */
export interface RunRef {
  readonly runId: string
}

/** Spans of a run since a position, oldest first. */
export interface SpansAnswer {
  /** Give it as `from` to go on. */
  readonly next: number
  /** Spans after `from` that are no longer kept. */
  readonly dropped: number
  /** `VIEW_SPAN_WIDTH` numbers a span, at most `SPANS_PER_ANSWER` spans. */
  readonly spans: Float64Array
}

/** One event of a run, and where the stream goes on after it. */
export interface RunPush {
  readonly cursor: number
  readonly event: RunEvent
}

/**
 * THE map of everything a view may ask of a host and a host pushes to a view; no other file names a channel. Inputs
 * and parameters are checked on the host; what it answers and pushes is plain data of the type stated here.
 */
export const contract = {
  'run.start': command(
    z.strictObject({ job: jobSchema, options: runOptionsSchema, secrets: secretsSchema.optional() }),
    carries<RunRef>(),
  ),
  /** `null` keeps what the run was given at its start; single options of its parallelism may be replaced. */
  'run.resume': command(
    z.strictObject({
      runId,
      options: runOptionsSchema.nullable(),
      parallelism: changeSchema(parallelismFields).nullable(),
      secrets: secretsSchema.optional(),
    }),
    carries<RunRef>(),
  ),
  /** What a load's inputs are recognised as and what it would do with its first records; writes nothing. */
  'load.preview': command(z.strictObject({ job: loadJobSchema }), carries<LoadPreview>()),
  /** The newest unfinished run of the same job and inputs. */
  'run.find': command(z.strictObject({ job: jobSchema }), carries<{ readonly runId: string | null }>()),
  /** Answered once the phase is set, not when the run has ended. A lower phase than the run's changes nothing. */
  'run.stop': command(
    z.strictObject({
      runId,
      phase: z.literal([PHASE.stop, PHASE.drain, PHASE.abort, PHASE.kill], {
        error: 'expected a phase from 1 to 4',
      }),
    }),
    carries<null>(),
  ),
  'run.pause': command(z.strictObject({ runId, isPaused: z.boolean() }), carries<null>()),
  /** Changes the permits of each worker's semaphore. */
  'run.resize': command(z.strictObject({ runId, inFlight: permits }), carries<null>()),
  'run.spans': command(z.strictObject({ runId, from: cursor }), carries<SpansAnswer>()),
  'runs.list': command(nothing, carries<readonly RunEntry[]>()),
  'runs.show': command(runRef, carries<RunDetail>()),
  'runs.export': command(
    z.strictObject({ runId, out: outputSchema, mode: outModeSchema }),
    carries<{ readonly records: number }>(),
  ),
  'runs.delete': command(runRef, carries<RunRef>()),
  'host.inspect': command(nothing, carries<HostReport>()),
  /** From `cursor` on, 0 being the run's first event that is still kept; ends after the summary. */
  'run.events': stream(z.strictObject({ runId, cursor }), carries<RunPush>()),
} as const

type Contract = typeof contract

export type CommandName = {
  [K in keyof Contract]: Contract[K]['type'] extends 'command' ? K : never
}[keyof Contract]
export type StreamName = Exclude<keyof Contract, CommandName>

export type Input<K extends CommandName> = Contract[K] extends Command<infer I, infer _> ? I : never
export type Output<K extends CommandName> = Contract[K] extends Command<infer _, infer O> ? O : never
export type Params<K extends StreamName> = Contract[K] extends Stream<infer P, infer _> ? P : never
export type Payload<K extends StreamName> = Contract[K] extends Stream<infer _, infer T> ? T : never

/** A host's end of one subscription. */
export interface StreamPort<T> {
  /**
   * Sends one payload, which must not be changed afterwards; nothing happens when the subscription is closed.
   *
   * @param replaceKey When the view is slow, of the payloads with one key only the newest is sent. Without a key
   * every payload is sent, in order; a view too slow for that loses the subscription (`E_LIMIT`) and may subscribe anew.
   */
  push(payload: T, replaceKey?: string): void
  /** Nothing more follows. */
  end(): void
  /** Nothing more follows, because of `error`. */
  fail(error: unknown): void
  readonly isClosed: boolean
  /** Adds a listener, called once when either side has ended the subscription; at once when that was before. */
  onClosed(listener: () => void): void
}

/** What a host must implement. Leaving one out is a compile error. */
export type Handlers = {
  readonly [K in CommandName]: (input: Input<K>) => Promise<Output<K>>
} & {
  readonly [K in StreamName]: (params: Params<K>, port: StreamPort<Payload<K>>) => void | Promise<void>
}

/** What a view holds, whatever carries it. */
export interface Client {
  /** Rejects with a `JobError` of the host's code; `E_CANCELLED` when the connection closes before the answer. */
  call<K extends CommandName>(name: K, input: Input<K>): Promise<Output<K>>
  /**
   * Subscribes.
   *
   * @param onEnd Called once when the stream has ended otherwise than by the returned function: `null` when nothing
   * more follows, else why.
   * @returns The unsubscribe function; no listener is called after it.
   * @throws JobError when the connection is closed.
   */
  on<K extends StreamName>(
    name: K,
    params: Params<K>,
    listener: (payload: Payload<K>) => void,
    onEnd?: (error: Error | null) => void,
  ): () => void
  close(): void
}
