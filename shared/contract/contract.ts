import * as z from 'zod'

import { changeSchema } from '../model/field-schema.ts'
import { crawlFields } from '../model/fields/crawl.ts'
import { parallelismFields, type Parallelism } from '../model/fields/parallelism.ts'
import type { Comparison, ComparisonEntry } from '../model/comparison.ts'
import { comparisonPlanSchema } from '../model/comparison-schema.ts'
import type { HostReport } from '../model/host-report.ts'
import {
  crawlJobSchema,
  INPUT_CHARACTERS,
  INPUTS_LIMIT,
  jobSchema,
  loadJobSchema,
} from '../model/job-schema.ts'
import type { LoadPreview } from '../model/load-preview.ts'
import type { CrawlPreview, InputReport } from '../model/input-report.ts'
import { PHASE, type RunDetail, type RunEntry } from '../model/run.ts'
import type { RunHistory } from '../model/run-history.ts'
import {
  exportPathSchema,
  outModeSchema,
  runOptionsSchema,
  secretsSchema,
} from '../model/run-options-schema.ts'
import type { TaskStream } from '../model/task-stream.ts'
import { streamQuestionSchema, streamWindowSchema } from '../model/task-stream-schema.ts'
import { settingsSchema, type Settings, type StorageReport } from '../model/settings.ts'
import {
  DIMENSIONS,
  type Breakdown,
  type Pivot,
  type TaskDetail,
  type TaskPage,
} from '../model/task-table.ts'
import { pageLimit, taskFilterSchema, taskSortSchema } from '../model/task-table-schema.ts'
import type {
  Access,
  DesktopWish,
  ExportRef,
  RunPush,
  RunRef,
  RunsChange,
  SessionEntry,
  SpansAnswer,
} from './payloads.ts'

export type { Access, DesktopWish, ExportRef, RunPush, RunRef, RunsChange, SessionEntry, SpansAnswer }

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

/** View → host, answered once. Schemas are made when they are first needed: a command line uses few of them. */
const command = <I, O>(input: () => z.ZodType<I>, output: Carries<O>): Command<I, O> => ({
  type: 'command',
  input: z.lazy(input),
  output,
})

/** Host → view, pushed from the subscription until either side ends it. */
const stream = <P, T>(params: () => z.ZodType<P>, payload: Carries<T>): Stream<P, T> => ({
  type: 'stream',
  params: z.lazy(params),
  payload,
})

const RUN_ID = 'expected a run id, the beginning of one, or latest'
const CURSOR = 'expected a whole number from 0'

/** An id, an unambiguous beginning of one, or `latest`; safe as a part of a path. */
const runId = z.string({ error: RUN_ID }).regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { error: RUN_ID })
const cursor = z.int({ error: CURSOR }).min(0, { error: CURSOR })

const within = (
  schema: z.ZodInt | z.ZodNumber,
  { min, max }: { readonly min: number; readonly max: number },
) => schema.min(min).max(max)

/** What may be changed while a run goes on; what is left out stays as it is. */
const tuning = z.lazy(() =>
  z.strictObject({
    processes: within(z.int(), parallelismFields.processes).optional(),
    threads: within(z.int(), parallelismFields.threads).optional(),
    inFlight: within(z.int(), parallelismFields.inFlight).optional(),
    /** Only crawls have them; `null` lifts the limit. */
    ratePerSec: within(z.number(), crawlFields.ratePerSec).nullable().optional(),
    perHost: within(z.int(), crawlFields.perHost).nullable().optional(),
  }),
)

export type Tuning = z.infer<typeof tuning>

const task = z.int().min(0)
const inputText = z.string().min(1).max(INPUT_CHARACTERS)
const uploadId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)
const tag = z.string().trim().min(1).max(40)
/** Most bytes of a piece of a file that goes over a wire in one message. */
export const PIECE_BYTES = 2 ** 20

const nothing = z.strictObject({})
const runRef = z.strictObject({ runId })
const comparisonRef = z.strictObject({ comparisonId: z.string().regex(/^[0-9]{8}-[0-9]{6}-[0-9a-f]{6}$/) })

/**
 * THE map of everything a view may ask of a host and a host pushes to a view; no other file names a channel. Inputs
 * and parameters are checked on the host; what it answers and pushes is plain data of the type stated here.
 */
export const contract = {
  'run.start': command(
    () => z.strictObject({ job: jobSchema, options: runOptionsSchema, secrets: secretsSchema.optional() }),
    carries<RunRef>(),
  ),
  /** `null` keeps what the run was given at its start; single options of its parallelism may be replaced. */
  'run.resume': command(
    () =>
      z.strictObject({
        runId,
        options: runOptionsSchema.nullable(),
        parallelism: changeSchema(parallelismFields).nullable(),
        secrets: secretsSchema.optional(),
      }),
    carries<RunRef>(),
  ),
  /** What a load's inputs are recognised as and what it would do with its first records; writes nothing. */
  'load.preview': command(() => z.strictObject({ job: loadJobSchema }), carries<LoadPreview>()),
  /** The newest unfinished run of the same job and inputs. */
  'run.find': command(() => z.strictObject({ job: jobSchema }), carries<{ readonly runId: string | null }>()),
  /** Answered once the phase is set, not when the run has ended. A lower phase than the run's changes nothing. */
  'run.stop': command(
    () =>
      z.strictObject({
        runId,
        phase: z.literal([PHASE.stop, PHASE.drain, PHASE.abort, PHASE.kill], {
          error: 'expected a phase from 1 to 4',
        }),
      }),
    carries<null>(),
  ),
  'run.pause': command(() => z.strictObject({ runId, isPaused: z.boolean() }), carries<null>()),
  /**
   * Changes how a run goes on; in effect within a second. `E_CONFIG` for what contradicts its model (a second process of
   * a `loop`) or its partition (workers of `chunk` and `stride` are as many as at the start).
   */
  'run.tune': command(() => z.strictObject({ runId, tuning }), carries<null>()),
  'run.spans': command(() => z.strictObject({ runId, from: cursor }), carries<SpansAnswer>()),
  /** Living and ended runs alike, also those of other processes. */
  'run.history': command(() => runRef, carries<RunHistory>()),
  'runs.list': command(() => nothing, carries<readonly RunEntry[]>()),
  'runs.show': command(() => runRef, carries<RunDetail>()),
  'runs.export': command(
    () =>
      z.strictObject({
        runId,
        out: exportPathSchema,
        mode: outModeSchema,
        /** Cells of a CSV that a spreadsheet would take for a formula begin with an apostrophe. */
        isSpreadsheetSafe: z.boolean().optional(),
      }),
    carries<{ readonly records: number }>(),
  ),
  /**
   * `undoable` keeps the run aside, for `runs.restore`, until the host closes or an hour has passed. Else `left` is the
   * destination where the run's position stays, when that could not be reached without a password.
   */
  'runs.delete': command(
    () => z.strictObject({ runId, undoable: z.boolean().optional() }),
    carries<RunRef & { readonly left?: string }>(),
  ),
  'runs.restore': command(() => runRef, carries<RunRef>()),
  'runs.tag': command(() => z.strictObject({ runId, tags: z.array(tag).max(20) }), carries<null>()),

  /** The settled tasks of a run, from their records: at most a second behind a living run. */
  'tasks.page': command(
    () =>
      z.strictObject({
        runId,
        filter: taskFilterSchema,
        sort: taskSortSchema.nullable(),
        offset: z.int().min(0),
        limit: pageLimit,
      }),
    carries<TaskPage>(),
  ),
  'tasks.show': command(() => z.strictObject({ runId, index: task }), carries<TaskDetail>()),
  'tasks.breakdown': command(() => z.strictObject({ runId, filter: taskFilterSchema }), carries<Breakdown>()),
  'tasks.pivot': command(
    () =>
      z.strictObject({
        runId,
        filter: taskFilterSchema,
        rows: z.enum(DIMENSIONS),
        columns: z.enum(DIMENSIONS),
      }),
    carries<Pivot>(),
  ),
  /** What the lanes of a run did in a window of time: the execution path, at a level of detail that can be drawn. */
  'tasks.stream': command(() => streamQuestionSchema.extend({ runId }), carries<TaskStream>()),
  /** Starts a run of the same job over the inputs of those tasks (crawl), or over the rejects (load). */
  'tasks.retry': command(
    () => z.strictObject({ runId, filter: taskFilterSchema, secrets: secretsSchema.optional() }),
    carries<RunRef & { readonly tasks: number }>(),
  ),

  /** Writes an export into the data folder, for a view that has no path of its own; `export.read` hands it over. */
  'export.make': command(
    () =>
      z.strictObject({
        runId,
        format: z.enum(['jsonl', 'csv', 'db', 'trace.json']),
        filter: taskFilterSchema.nullable(),
        /** Only tasks that were under way in it. */
        window: streamWindowSchema.optional(),
        /** Cells of a CSV that a spreadsheet would take for a formula begin with an apostrophe. */
        isSpreadsheetSafe: z.boolean(),
      }),
    carries<ExportRef>(),
  ),
  /** At most {@link PIECE_BYTES} from `offset`; empty at the end. */
  'export.read': command(
    () => z.strictObject({ exportId: uploadId, offset: z.int().min(0) }),
    carries<{ readonly bytes: Uint8Array }>(),
  ),
  'export.drop': command(() => z.strictObject({ exportId: uploadId }), carries<null>()),

  /** What each input is; a folder names its files. */
  'input.inspect': command(
    () => z.strictObject({ inputs: z.array(inputText).min(1).max(INPUTS_LIMIT) }),
    carries<readonly InputReport[]>(),
  ),
  'crawl.preview': command(() => z.strictObject({ job: crawlJobSchema }), carries<CrawlPreview>()),
  /** The text of a job file on the host, its relative paths made absolute; `E_CONFIG` for a file that is none. */
  'job.read': command(() => z.strictObject({ path: inputText }), carries<{ readonly text: string }>()),
  /** What every number of a job's parallelism would be on this machine. */
  'job.decide': command(() => z.strictObject({ job: jobSchema }), carries<Parallelism>()),

  /**
   * A file that only the view has, streamed to the host piece by piece. `E_LIMIT` when it is larger than the disk has
   * room for. Unfinished uploads are removed after an hour, finished ones when no run is left that reads them.
   */
  'upload.begin': command(
    () => z.strictObject({ name: z.string().min(1).max(255), bytes: z.int().min(0) }),
    carries<{ readonly uploadId: string }>(),
  ),
  'upload.write': command(
    () =>
      z.strictObject({
        uploadId,
        offset: z.int().min(0),
        bytes: z.instanceof(Uint8Array).refine(bytes => bytes.byteLength <= PIECE_BYTES),
      }),
    carries<null>(),
  ),
  /** `path` is what a job may name as its input. */
  'upload.end': command(() => z.strictObject({ uploadId }), carries<{ readonly path: string }>()),
  'upload.drop': command(() => z.strictObject({ uploadId }), carries<null>()),

  /** One at a time: `E_LOCKED` while another is being made. */
  'compare.start': command(
    () => z.strictObject({ plan: comparisonPlanSchema, secrets: secretsSchema.optional() }),
    carries<{ readonly comparisonId: string }>(),
  ),
  'compare.stop': command(() => comparisonRef, carries<null>()),
  'compare.show': command(() => comparisonRef, carries<Comparison>()),
  'compare.list': command(() => nothing, carries<readonly ComparisonEntry[]>()),
  /** Its runs stay. */
  'compare.delete': command(() => comparisonRef, carries<null>()),

  'settings.get': command(() => nothing, carries<Settings>()),
  'settings.set': command(() => z.strictObject({ settings: settingsSchema }), carries<Settings>()),
  'host.storage': command(() => nothing, carries<StorageReport>()),
  /** Views that are signed in to this host; empty where the host has but one. */
  'sessions.list': command(() => nothing, carries<readonly SessionEntry[]>()),
  'sessions.revoke': command(() => z.strictObject({ sessionId: uploadId }), carries<null>()),
  'host.inspect': command(() => nothing, carries<HostReport>()),

  /** What only the desktop app has: elsewhere these are refused with `E_CONFIG`. Grants are of its preload script. */
  'desktop.redeem': command(() => z.strictObject({ grant: uploadId }), carries<{ readonly path: string }>()),
  /** Asks by a dialog of the system; no paths when the person wants none. */
  'desktop.choose': command(
    () => z.strictObject({ what: z.enum(['files', 'folder']) }),
    carries<{ readonly paths: readonly string[] }>(),
  ),
  /** Asks where to save an export; `null` when the person does not want it any more. */
  'desktop.saveExport': command(
    () => z.strictObject({ exportId: uploadId, name: z.string().min(1).max(255) }),
    carries<{ readonly path: string | null }>(),
  ),
  'desktop.saveText': command(
    () => z.strictObject({ name: z.string().min(1).max(255), text: z.string().max(PIECE_BYTES) }),
    carries<{ readonly path: string | null }>(),
  ),
  /** From `cursor` on, 0 being the run's first event that is still kept; ends after the summary. */
  'run.events': stream(() => z.strictObject({ runId, cursor }), carries<RunPush>()),
  /** Everything known after each run; ends with the comparison. */
  'compare.watch': stream(() => comparisonRef, carries<Comparison>()),
  /** The list of runs once, then at most every second what changed in it, for as long as somebody looks. */
  'runs.watch': stream(() => nothing, carries<RunsChange>()),
  /** What the desktop asks of its window; what was asked before there was a window comes first. */
  'desktop.wishes': stream(() => nothing, carries<DesktopWish>()),
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
