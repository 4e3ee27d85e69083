import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEngine, type Engine } from '../../../engine/engine.ts'
import { makeForkLinks } from '../../../engine/pool/fork-link.ts'
import { startReaderThread, startRecordsThread } from '../../../headless/host/thread-links.ts'
import { connect } from '../../../shared/contract/connect.ts'
import type { Client, Tuning } from '../../../shared/contract/contract.ts'
import { makeMemoryWires } from '../../../shared/contract/memory-wire.ts'
import { serve } from '../../../shared/contract/serve.ts'
import { parseJob } from '../../../shared/model/job-schema.ts'
import { JOB_SCHEMA } from '../../../shared/model/job.ts'
import type { RunEvent, RunSummary, RunTick } from '../../../shared/model/run.ts'
import { runOptions } from '../records/run.ts'
import { findEntries } from './find-entries.ts'

/** A run under the test's eyes. */
export class WatchedRun {
  readonly runId: string
  readonly events: RunEvent[] = []
  readonly #client: Client
  #changed = Promise.withResolvers<void>()

  constructor(client: Client, runId: string) {
    this.#client = client
    this.runId = runId
    client.on('run.events', { runId, cursor: 0 }, ({ event }) => {
      this.events.push(event)
      this.#changed.resolve()
      this.#changed = Promise.withResolvers()
    })
  }

  async tune(tuning: Tuning): Promise<void> {
    await this.#client.call('run.tune', { runId: this.runId, tuning })
  }

  async pause(isPaused: boolean): Promise<void> {
    await this.#client.call('run.pause', { runId: this.runId, isPaused })
  }

  async stop(): Promise<RunSummary> {
    await this.#client.call('run.stop', { runId: this.runId, phase: 2 })
    return await this.summary()
  }

  async until<T>(find: (events: readonly RunEvent[]) => T | undefined): Promise<T> {
    for (;;) {
      const found = find(this.events)
      if (found !== undefined) return found
      if (this.events.at(-1)?.type === 'run.summary') throw new Error('the run ended before that')
      await this.#changed.promise
    }
  }

  /** @returns The newest tick that `matches`, which is waited for. @throws Error when the run ends before. */
  tick(matches: (tick: RunTick) => boolean): Promise<RunTick> {
    return this.until(events => {
      const last = events.findLast(event => event.type === 'tick')
      return last !== undefined && matches(last.tick) ? last.tick : undefined
    })
  }

  /** Waits until so many workers are there, and ready. */
  workers(count: number): Promise<RunTick> {
    return this.tick(
      ({ workers }) => workers.length === count && workers.every(({ state }) => state === 'ready'),
    )
  }

  settled(count: number): Promise<RunTick> {
    return this.tick(({ tasks }) => tasks.total - tasks.remaining >= count)
  }

  summary(): Promise<RunSummary> {
    return this.until(events => {
      const last = events.at(-1)
      return last?.type === 'run.summary' ? last.summary : undefined
    })
  }
}

/** An engine on this thread, with real worker processes, run from the sources. Dispose of it. */
export class EngineBench implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'interleave-engine-'))
  readonly client: Client
  readonly #engine: Engine
  readonly #closeWires: () => void

  constructor() {
    const dataDir = join(this.folder, 'data')
    const entries = findEntries()
    this.#engine = createEngine({
      dataDir,
      links: makeForkLinks({
        entry: fileURLToPath(entries('worker-process')),
        execArgv: [],
        env: () => ({}),
      }),
      startReader: () => startReaderThread(entries('reader'), {}),
      startRecords: onOutputFailure => startRecordsThread(entries('records'), dataDir, onOutputFailure),
      startTable: () => {
        throw new Error('nobody asks for tables here')
      },
      inspect: () => Promise.reject(new Error('nobody asks about this machine here')),
      readCpuQuota: () => Promise.resolve(2),
      testFaults: undefined,
    })
    const [hostEnd, clientEnd] = makeMemoryWires()
    const serving = serve(this.#engine.handlers, hostEnd)
    this.client = connect(clientEnd)
    this.#closeWires = () => {
      this.client.close()
      serving.close()
    }
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string): string {
    const path = this.path(name)
    writeFileSync(path, content)
    return path
  }

  /** @returns Indexes in a `.jsonl` output, in rising order. */
  indexesIn(name: string): number[] {
    const lines = readFileSync(this.path(name), 'utf8').trimEnd().split('\n')
    return lines.map(line => (JSON.parse(line) as { index: number }).index).sort((a, b) => a - b)
  }

  /** @param out Name of the output in the folder; `null` for none. */
  async start(job: Record<string, unknown>, out: string | null = 'out.jsonl'): Promise<WatchedRun> {
    const { runId } = await this.client.call('run.start', {
      job: parseJob({ schema: JOB_SCHEMA, ...job }),
      options: runOptions({ out: out === null ? [] : [this.path(out)] }),
    })
    return new WatchedRun(this.client, runId)
  }

  async resume(runId: string): Promise<WatchedRun> {
    await this.client.call('run.resume', { runId, options: null, parallelism: null })
    return new WatchedRun(this.client, runId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close()
    this.#closeWires()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
